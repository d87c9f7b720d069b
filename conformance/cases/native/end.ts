// The native dialect: how a server ends a session, and how it ends itself.

import type { CaseContext } from "../../harness/context.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { Connection } from "../../net/connection.ts";
import { ORDER_SLACK, QUIET, SERVER_LIMIT, STOP_LIMIT } from "../../spec/timeouts.ts";
import { askNative, startStalledTransfer } from "../../peer/native-client.ts";
import { must, need, Inconclusive } from "../../spec/verdict.ts";
import { dial } from "../../net/sockets.ts";

/** Half-closed: its FIN has come, and what the client says is taken and ignored. */
async function halfCloses(context: CaseContext): Promise<void> {
  const talk = await (await askNative(context, "-g hello.txt {dport}\n")).waitForEnd();
  must(talk.p.hasReceivedEnd, "FIN on P after the last reply", "P is open");
  for (let more = 0; more < 3; more++) {
    if (!talk.p.isClosed) talk.p.send("more\n");
    await context.happensWithin(() => talk.p.isClosed, ORDER_SLACK / 3);
  }
  must(!talk.p.isClosed, "the server reads on", "it has closed P, and answers with RST");
}

/** The client never closes: the server does at last, and then what the client says meets RST. */
async function closesAtLast(context: CaseContext): Promise<void> {
  const { p } = await (await askNative(context, "-g hello.txt {dport}\n")).waitForEnd();
  need(p.hasReceivedEnd, "N8.1", "the server does not end P");
  const began = context.timeline.now();
  while (!p.isClosed && context.timeline.now() - began < SERVER_LIMIT) {
    p.send("\n");
    await context.happensWithin(() => p.isClosed, QUIET);
  }
  must(
    p.isClosed,
    `P is closed within ${SERVER_LIMIT} ms`,
    "the server still waits for the client",
  );
}

async function drains(context: CaseContext): Promise<void> {
  const talk = await startStalledTransfer(context);
  const { program, host, port } = talk.server;
  if (!program) throw new Inconclusive("the server was not started by the suite");
  program.kill("SIGINT");
  await context.happensWithin(() => program.exited !== undefined, QUIET);
  const late = await dial(context.timeline, "P", { host, port });
  if (late instanceof Connection) context.own(late);
  must(!(late instanceof Connection), "no new client after SIGINT", "one was accepted");
  talk.q?.socket.resume();
  await talk.waitForCode("226", SERVER_LIMIT);
  talk.p.close();
  await program.waitForExit(STOP_LIMIT);
  must(program.exited?.code === 0, "exit status 0", program.ending);
}

async function aborts(context: CaseContext): Promise<void> {
  const talk = await startStalledTransfer(context);
  const { program } = talk.server;
  if (!program) throw new Inconclusive("the server was not started by the suite");
  program.kill("SIGINT");
  await context.happensWithin(() => program.exited !== undefined, QUIET);
  must(!program.exited, "the running transfer goes on after SIGINT", show(program.ending));
  program.kill("SIGINT");
  const ended = await context.waitFor("the end", STOP_LIMIT, () => program.exited !== undefined);
  must(ended, "a second SIGINT ends it at once", "it still runs");
}

const needs = ["start"] as const;

export const cases: TestCase[] = [
  rule("N8.1", "it ends P and reads on", halfCloses),
  rule("N8.1", "a client that never closes P", closesAtLast),
  rule("N9.1", "SIGINT during a transfer, which goes on to its end", drains, { needs }),
  rule("N9.1", "SIGINT twice during a transfer", aborts, { needs }),
];
