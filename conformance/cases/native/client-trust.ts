// The native dialect: whom a client takes for the server.

import { type CaseContext, HOST } from "../../harness/context.ts";
import type { TestCase } from "../../harness/test-case.ts";
import { Connection } from "../../net/connection.ts";
import {
  clientRule,
  sendContents,
  sendEnd,
  serveGet,
  expectSaved,
} from "../../peer/native-server.ts";
import { POLL, QUIET, REPLY_LIMIT } from "../../spec/timeouts.ts";
import type { DialectServer } from "../../peer/server.ts";
import { must, Inconclusive } from "../../spec/verdict.ts";
import { dial } from "../../net/sockets.ts";

/** A stranger is faster than the server, from another address or from another port. */
async function stranger(context: CaseContext, from: string): Promise<void> {
  let thief: Connection | undefined;
  const over = await serveGet(context, async (play) => {
    thief = await intrude(play, from);
    thief.send("the stranger's contents\n");
    thief.finish();
    await sendContents(play);
    sendEnd(play);
  });
  expectSaved(context, over);
  must(thief?.hasEnded === true, "the stranger is closed", "its connection was kept");
}

async function intrude(play: DialectServer, from: string): Promise<Connection> {
  const port = Number(play.values["dport"]);
  const { context } = play;
  for (const end = performance.now() + REPLY_LIMIT; performance.now() < end;) {
    const made = await dial(context.timeline, "Q", { host: HOST, port, from });
    if (made instanceof Connection) return context.own(made);
    await Bun.sleep(POLL);
  }
  throw new Inconclusive(`it rests on S6.2: nobody can be reached at the data port from ${from}`);
}

async function otherAddress(context: CaseContext): Promise<void> {
  let reached: Connection | Error | undefined;
  const over = await serveGet(context, async (play) => {
    const port = Number(play.values["dport"]);
    await Bun.sleep(QUIET / 2);
    reached = await dial(context.timeline, "Q", { host: "127.0.0.2", port });
    if (reached instanceof Connection) context.own(reached);
    await sendContents(play);
    sendEnd(play);
  });
  must(!(reached instanceof Connection), `a listener on ${HOST} alone`, "127.0.0.2 reaches it too");
  expectSaved(context, over);
}

export const cases: TestCase[] = [
  clientRule("N7.14", "Q is dialled at another address of this machine", otherAddress),
  clientRule("N7.15", "a stranger comes first, from another address", (context) =>
    stranger(context, "127.0.0.2"),
  ),
  clientRule("N7.15", "a stranger comes first, from the server's address", (context) =>
    stranger(context, HOST),
  ),
];
