// Beyond the assignment, for a server: what people will meet all the same. It informs, and decides nothing.

import type { CaseContext } from "../../harness/context.ts";
import { Connection } from "../../net/connection.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, probe } from "../../harness/test-case.ts";
import { encodeTemplate } from "../../dialect/encode.ts";
import { runRequest, prepareRequest, checkService } from "../../peer/client-requests.ts";
import { POLL, QUIET } from "../../spec/timeouts.ts";
import { applies, must } from "../../spec/verdict.ts";
import { dial } from "../../net/sockets.ts";

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
    const { payload, p } = await runRequest(context, server, "get", { file });
    const said = payload.toString("latin1") + p.text;
    must(!/uid=\d/.test(said), `${file} is a name and no command`, show(said));
    must(!said.includes(canary), "nothing from outside", `${file} was sent`);
    p.close();
    const missing = await checkService(context, server);
    must(missing === undefined, `it serves on after ${show(file, 20)}`, missing ?? "");
  }
}

async function halfClosed(context: CaseContext): Promise<void> {
  const { surprise } = context.files;
  const list = await prepareRequest(context, await context.startServer(), "list");
  const running = list.run();
  list.p.finish();
  await running;
  const came = list.payload.includes(surprise);
  must(
    came,
    "the list, though the client has sent FIN on P",
    list.stopReason ?? show(list.payload),
  );
}

async function split(context: CaseContext): Promise<void> {
  const { p, values, listener } = await prepareRequest(
    context,
    await context.startServer(),
    "list",
  );
  const [first] = context.dialect.list.steps;
  applies(first !== undefined && "send" in first, "the server speaks first");
  for (const letter of encodeTemplate(first.send, values)) {
    p.send(Uint8Array.of(letter));
    await Bun.sleep(POLL / 5);
  }
  await context.happensWithin(() => listener?.first !== undefined, QUIET * 4);
  must(listener?.first !== undefined, "a request is understood, however it was cut", show(p.text));
}

async function slow(context: CaseContext): Promise<void> {
  const content = context.files.addEndless();
  const listener = context.listen();
  listener.pausesReading = true;
  const get = await prepareRequest(context, await context.startServer(), "get", {
    file: "endless.txt",
    listener,
  });
  const running = get.run();
  await context.happensWithin(() => false, QUIET * 3);
  listener.first?.socket.resume();
  await running;
  const { length } = get.payload;
  must(length === content.length, `${content.length} bytes for a slow reader`, `${length} bytes`);
}

/** RFC 2577: a server that dials wherever it is told can be sent against a third host. */
async function bounce(context: CaseContext): Promise<void> {
  const names = context.dialect.list.steps.some(
    (step) => "send" in step && step.send.placeholders.includes("host"),
  );
  applies(names, "a request does not name a host");
  const third = context.listen("Q", "127.0.0.2");
  const list = await prepareRequest(context, await context.startServer(), "list", {
    dataPort: third.port,
  });
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
    const p = await dial(context.timeline, "P", server);
    must(
      p instanceof Connection,
      `room for ${CROWD} clients`,
      `number ${count} is not let in: ${p}`,
    );
    context.own(p);
  }
  const missing = await checkService(context, server);
  must(missing === undefined, `service beside ${CROWD} silent clients`, missing ?? "");
}

async function samePort(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const listener = context.listen();
  for (let round = 1; round <= 5; round++) {
    const before = listener.connections.length;
    const list = await prepareRequest(context, server, "list", { listener });
    void list.run();
    await context.happensWithin(() => listener.connections.length > before, QUIET * 4);
    must(listener.connections.length > before, `Q in round ${round} on one data port`, "none came");
    await context.happensWithin(() => listener.connections.at(-1)?.hasEnded === true, QUIET * 4);
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
