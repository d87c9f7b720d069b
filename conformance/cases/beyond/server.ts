// Beyond the assignment, for a server: what people will meet all the same. It informs, and decides nothing.

import type { CaseContext } from "../../harness/context.ts";
import { Connection } from "../../net/connection.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, probe } from "../../harness/test-case.ts";
import { encode } from "../../dialect/encode.ts";
import { converse, prepare, requestAll } from "../../peer/client-requests.ts";
import { POLL } from "../../spec/timeouts.ts";
import { applies, must } from "../../spec/verdict.ts";
const HOSTILE = [
  "%2e%2e/canary.txt",
  "..\\canary.txt",
  "x".repeat(300),
  "-x",
  "$(id)",
  "`id`",
  ";id",
  "*",
];
const CROWD = 50;

async function hostile(context: CaseContext): Promise<void> {
  const { canary } = context.files;
  const server = await context.startServer();
  for (const file of HOSTILE) {
    const { payload, p } = await converse(context, server, "get", { file });
    const said = payload.toString("latin1") + p.text;
    must(!/uid=\d/.test(said), `${file} is a name and no command`, show(said));
    must(!said.includes(canary), "nothing from outside", `${file} was sent`);
    p.close();
    const missing = await requestAll(context, server);
    must(missing === undefined, `it serves on after ${show(file, 20)}`, missing ?? "");
  }
}

async function halfClosed(context: CaseContext): Promise<void> {
  const { surprise } = context.files;
  const list = await prepare(context, await context.startServer(), "list");
  const running = list.run();
  list.p.finish();
  await running;
  const came = list.payload.includes(surprise);
  must(came, "the list, though the client has sent FIN on P", list.stuck ?? show(list.payload));
}

async function split(context: CaseContext): Promise<void> {
  const { p, values, door } = await prepare(context, await context.startServer(), "list");
  const [first] = context.dialect.list.steps;
  applies(first !== undefined && "send" in first, "the server speaks first");
  for (const letter of encode(first.send, values)) {
    p.send(Uint8Array.of(letter));
    await Bun.sleep(POLL / 5);
  }
  await context.happensWithin(() => door?.first !== undefined, context.timeouts.quiet * 4);
  must(door?.first !== undefined, "a request is understood, however it was cut", show(p.text));
}

async function slow(context: CaseContext): Promise<void> {
  const content = context.files.addEndless();
  const door = context.listen();
  door.stalls = true;
  const get = await prepare(context, await context.startServer(), "get", {
    file: "endless.txt",
    door,
  });
  const running = get.run();
  await context.happensWithin(() => false, context.timeouts.quiet * 3);
  door.first?.socket.resume();
  await running;
  const { length } = get.payload;
  must(length === content.length, `${content.length} bytes for a slow reader`, `${length} bytes`);
}

/** RFC 2577: a server that dials wherever it is told can be sent against a third host. */
async function bounce(context: CaseContext): Promise<void> {
  const names = JSON.stringify(context.dialect.list.steps).includes("{host}");
  applies(names, "a request does not name a host");
  const third = context.listen("Q", "127.0.0.2");
  const list = await prepare(context, await context.startServer(), "list", { port: third.port });
  list.values["host"] = third.host;
  await list.run();
  must(
    third.first === undefined,
    "Q to the client alone",
    "the server dials whatever host it is told",
  );
}

async function crowd(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  for (let count = 1; count <= CROWD; count++) {
    const p = await context.dial("P", server);
    must(
      p instanceof Connection,
      `room for ${CROWD} clients`,
      `number ${count} is not let in: ${p}`,
    );
    context.own(p);
  }
  const missing = await requestAll(context, server);
  must(missing === undefined, `service beside ${CROWD} silent clients`, missing ?? "");
}

async function samePort(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const door = context.listen();
  for (let round = 1; round <= 5; round++) {
    const before = door.channels.length;
    const list = await prepare(context, server, "list", { door });
    void list.run();
    await context.happensWithin(() => door.channels.length > before, context.timeouts.quiet * 4);
    must(door.channels.length > before, `Q in round ${round} on one data port`, "none came");
    await context.happensWithin(
      () => door.channels.at(-1)?.hasEnded === true,
      context.timeouts.quiet * 4,
    );
    list.p.close();
  }
}

export const cases: TestCase[] = [
  probe("B1", "server", "names made to do harm", hostile),
  probe("B2", "server", "the client half-closes P behind its command", halfClosed),
  probe("B3", "server", "a command in single bytes", split),
  probe("B4", "server", "a reader that stops for a while", slow),
  probe("B5", "server", "a request that names a third host", bounce),
  probe("B6", "server", `${CROWD} silent clients`, crowd),
  probe("B7", "server", "one data port five times", samePort),
];
