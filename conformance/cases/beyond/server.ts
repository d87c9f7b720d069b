// Beyond the assignment, for a server that meets unusual clients: the results inform, and decide nothing.

import type { CaseContext } from "../../harness/context.ts";
import { findData, findEnd, findMoment } from "../evidence.ts";
import { Connection } from "../../net/connection.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, probe } from "../../harness/test-case.ts";
import { encodeTemplate } from "../../dialect/encode.ts";
import { runRequest, prepareRequest } from "../../peer/client-requests.ts";
import { POLL } from "../../spec/timeouts.ts";
import { applies, must } from "../../spec/verdict.ts";
import { mustOn } from "../expectations.ts";
import { expectService } from "./service.ts";

const HOSTILE_NAMES = [
  "%2e%2e/canary.txt",
  "..\\canary.txt",
  "x".repeat(300),
  "-x",
  "$(id)",
  "`id`",
  ";id",
  "*",
];
const CLIENTS = 50;

async function requestHostileNames(context: CaseContext): Promise<void> {
  const { canary } = context.files;
  const server = await context.startServer();
  for (const file of HOSTILE_NAMES) {
    const { payload, p, q } = await runRequest(context, server, "get", { file });
    const said = payload.toString("latin1") + p.text;
    const proof = findData(q) ?? findData(p);
    must(!/uid=\d/.test(said), `${file} is not executed as a command`, show(said), proof);
    const expected = "nothing from outside the served directory";
    must(!said.includes(canary), expected, `the server sent the contents of ${file}`, proof);
    p.close();
    await expectService(context, server, `the name ${show(file, 20)}`);
  }
}

async function halfCloseP(context: CaseContext): Promise<void> {
  const client = await prepareRequest(context, await context.startServer(), "list");
  const running = client.run();
  client.p.finish();
  await running;
  const isListed = client.payload.includes(context.files.surprise);
  const expected = "the listing, although the client has half-closed P";
  must(isListed, expected, client.stopReason ?? show(client.payload), findEnd(client.p));
}

async function sendByteByByte(context: CaseContext): Promise<void> {
  const client = await prepareRequest(context, await context.startServer(), "list");
  const { p, values, listener } = client;
  const [first] = context.dialect.list.steps;
  applies(first !== undefined && "send" in first, "the server speaks first");
  for (const byte of encodeTemplate(first.send, values)) {
    p.send(Uint8Array.of(byte));
    await Bun.sleep(POLL / 5);
  }
  await context.happensWithin(() => listener?.first !== undefined, context.timeouts.quiet * 4);
  mustOn(p, listener?.first !== undefined, "the server opens Q after a request in single bytes");
}

async function pauseReading(context: CaseContext): Promise<void> {
  const content = context.files.addEndless();
  const listener = context.listen();
  listener.pausesReading = true;
  const server = await context.startServer();
  const client = await prepareRequest(context, server, "get", { file: "endless.txt", listener });
  const running = client.run();
  await context.happensWithin(() => false, context.timeouts.quiet * 3);
  listener.first?.socket.resume();
  await running;
  const { length } = client.payload;
  must(length === content.length, `${content.length} bytes on Q`, `${length} bytes`, "Q");
}

/** RFC 2577: a server that connects to any given host can be used to attack a third one. */
async function nameThirdHost(context: CaseContext): Promise<void> {
  const { steps } = context.dialect.list;
  const namesHost = steps.some((step) => "send" in step && step.send.placeholders.includes("host"));
  applies(namesHost, "a request does not name a host");
  const third = context.listen("Q", "127.0.0.2");
  const client = await prepareRequest(context, await context.startServer(), "list", {
    dataPort: third.port,
  });
  client.values["host"] = third.host;
  await client.run();
  const expected = "the server opens Q only to the client";
  const opening = findMoment(context, "Q", ["SYN"]);
  must(third.first === undefined, expected, `it opened Q to ${third.host}`, opening);
}

async function connectMany(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  for (let count = 1; count <= CLIENTS; count++) {
    const p = await context.dial("P", server);
    const attempt = findMoment(context, "P", ["SYN"], "suite");
    const observed = `client ${count} cannot connect: ${p}`;
    must(p instanceof Connection, `the server accepts ${CLIENTS} clients`, observed, attempt);
    context.own(p);
  }
  await expectService(context, server, `${CLIENTS} silent clients have connected`);
}

async function reuseDataPort(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const listener = context.listen();
  for (let round = 1; round <= 5; round++) {
    const before = listener.connections.length;
    const client = await prepareRequest(context, server, "list", { listener });
    void client.run();
    const isOpen = (): boolean => listener.connections.length > before;
    await context.happensWithin(isOpen, context.timeouts.quiet * 4);
    must(isOpen(), `the server opens Q in round ${round}`, "it did not open Q", findEnd(client.p));
    await context.happensWithin(
      () => listener.connections.at(-1)?.hasEnded === true,
      context.timeouts.quiet * 4,
    );
    client.p.close();
  }
}

export const cases: TestCase[] = [
  probe("B1", "server", "hostile file names do no harm", requestHostileNames),
  probe("B2", "server", "a client may half-close P after its command", halfCloseP),
  probe("B3", "server", "a command may arrive in single bytes", sendByteByByte),
  probe("B4", "server", "a client may stop reading for a while", pauseReading, { isLong: true }),
  probe("B5", "server", "the server opens Q only to the client's host", nameThirdHost),
  probe("B6", "server", `the server serves a client beside ${CLIENTS} silent ones`, connectMany),
  probe("B7", "server", "the server can use one data port five times", reuseDataPort),
];
