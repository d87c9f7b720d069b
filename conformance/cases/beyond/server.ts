// Beyond the assignment, for a server: what people will meet all the same. It informs, and decides nothing.

import type { Attempt } from "../../harness/context.ts";
import { Channel } from "../../net/connection.ts";
import { show } from "../../net/bytes.ts";
import { type Case, probe } from "../../harness/test-case.ts";
import { encode } from "../../dialect/encode.ts";
import { converse, prepare, visit } from "../../peer/client-requests.ts";
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

async function hostile(attempt: Attempt): Promise<void> {
  const { canary } = attempt.files;
  const server = await attempt.server();
  for (const file of HOSTILE) {
    const { payload, p } = await converse(attempt, server, "get", { file });
    const said = payload.toString("latin1") + p.text;
    must(!/uid=\d/.test(said), `${file} is a name and no command`, show(said));
    must(!said.includes(canary), "nothing from outside", `${file} was sent`);
    p.close();
    const missing = await visit(attempt, server);
    must(missing === undefined, `it serves on after ${show(file, 20)}`, missing ?? "");
  }
}

async function halfClosed(attempt: Attempt): Promise<void> {
  const { surprise } = attempt.files;
  const list = await prepare(attempt, await attempt.server(), "list");
  const running = list.run();
  list.p.finish();
  await running;
  const came = list.payload.includes(surprise);
  must(came, "the list, though the client has sent FIN on P", list.stuck ?? show(list.payload));
}

async function split(attempt: Attempt): Promise<void> {
  const { p, values, door } = await prepare(attempt, await attempt.server(), "list");
  const [first] = attempt.dialect.list.steps;
  applies(first !== undefined && "send" in first, "the server speaks first");
  for (const letter of encode(first.send, values)) {
    p.send(Uint8Array.of(letter));
    await Bun.sleep(POLL / 5);
  }
  await attempt.happens(() => door?.first !== undefined, QUIET * 4);
  must(door?.first !== undefined, "a request is understood, however it was cut", show(p.text));
}

async function slow(attempt: Attempt): Promise<void> {
  const content = attempt.files.addEndless();
  const door = attempt.door();
  door.stalls = true;
  const get = await prepare(attempt, await attempt.server(), "get", { file: "endless.txt", door });
  const running = get.run();
  await attempt.happens(() => false, QUIET * 3);
  door.first?.socket.resume();
  await running;
  const { length } = get.payload;
  must(length === content.length, `${content.length} bytes for a slow reader`, `${length} bytes`);
}

/** RFC 2577: a server that dials wherever it is told can be sent against a third host. */
async function bounce(attempt: Attempt): Promise<void> {
  const names = JSON.stringify(attempt.dialect.list.steps).includes("{host}");
  applies(names, "a request does not name a host");
  const third = attempt.door("Q", "127.0.0.2");
  const list = await prepare(attempt, await attempt.server(), "list", { port: third.port });
  list.values["host"] = third.host;
  await list.run();
  must(
    third.first === undefined,
    "Q to the client alone",
    "the server dials whatever host it is told",
  );
}

async function crowd(attempt: Attempt): Promise<void> {
  const server = await attempt.server();
  for (let count = 1; count <= CROWD; count++) {
    const p = await dial(attempt.timeline, "P", server);
    must(p instanceof Channel, `room for ${CROWD} clients`, `number ${count} is not let in: ${p}`);
    attempt.hold(p);
  }
  const missing = await visit(attempt, server);
  must(missing === undefined, `service beside ${CROWD} silent clients`, missing ?? "");
}

async function samePort(attempt: Attempt): Promise<void> {
  const server = await attempt.server();
  const door = attempt.door();
  for (let round = 1; round <= 5; round++) {
    const before = door.channels.length;
    const list = await prepare(attempt, server, "list", { door });
    void list.run();
    await attempt.happens(() => door.channels.length > before, QUIET * 4);
    must(door.channels.length > before, `Q in round ${round} on one data port`, "none came");
    await attempt.happens(() => door.channels.at(-1)?.over === true, QUIET * 4);
    list.p.close();
  }
}

export const cases: Case[] = [
  probe("B1", "server", "names made to do harm", hostile),
  probe("B2", "server", "the client half-closes P behind its command", halfClosed),
  probe("B3", "server", "a command in single bytes", split),
  probe("B4", "server", "a reader that stops for a while", slow),
  probe("B5", "server", "a request that names a third host", bounce),
  probe("B6", "server", `${CROWD} silent clients`, crowd),
  probe("B7", "server", "one data port five times", samePort),
];
