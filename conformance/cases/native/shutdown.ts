// The native dialect: how a server ends a session, and how it ends itself.

import type { CaseContext } from "../../harness/context.ts";
import { findEnd, findMoment } from "../evidence.ts";
import { show } from "../../net/bytes.ts";
import { type TestCase, rule } from "../../harness/test-case.ts";
import { Connection } from "../../net/connection.ts";
import { askNative, startStalledTransfer } from "../../peer/native-client.ts";
import { must, need } from "../../spec/verdict.ts";
import { expectEndAfter, processOf } from "../expectations.ts";

/** The server has sent FIN. It reads what the client still sends, and ignores it. */
async function halfCloseP(context: CaseContext): Promise<void> {
  const { p } = await (await askNative(context, "-g hello.txt {dport}\n")).waitForEnd();
  must(p.hasReceivedEnd, "the server half-closes P after its last reply", "P is still open");
  for (let more = 0; more < 3; more++) {
    if (!p.isClosed) p.send("more\n");
    await context.happensWithin(() => p.isClosed, context.timeouts.order / 3);
  }
  const observed = "it has closed P, and answers with RST";
  must(!p.isClosed, "the server reads on after its last reply", observed, findEnd(p));
}

/** The client never closes P. In the end the server does, and then answers the client with RST. */
async function closePAtLast(context: CaseContext): Promise<void> {
  const { p } = await (await askNative(context, "-g hello.txt {dport}\n")).waitForEnd();
  need(p.hasReceivedEnd, "N8.1", "the server does not half-close P");
  const began = context.timeline.now();
  while (!p.isClosed && context.timeline.now() - began < context.timeouts.server) {
    p.send("\n");
    await context.happensWithin(() => p.isClosed, context.timeouts.quiet);
  }
  must(
    p.isClosed,
    `the server closes P within ${context.timeouts.server} ms`,
    "it still waits for the client",
  );
}

async function finishTransfer(context: CaseContext): Promise<void> {
  const client = await startStalledTransfer(context);
  const { host, port } = client.server;
  const program = processOf(client.server);
  program.kill("SIGINT");
  await context.happensWithin(() => program.exited !== undefined, context.timeouts.quiet);
  const late = await context.dial("P", { host, port });
  if (late instanceof Connection) context.own(late);
  const isRefused = !(late instanceof Connection);
  const attempt = findMoment(context, "P", ["SYN"], "suite");
  must(isRefused, "the server accepts no client after SIGINT", "it accepted one", attempt);
  client.q?.socket.resume();
  await client.waitForCode("226", context.timeouts.server);
  client.p.close();
  await program.waitForExit(context.timeouts.stop);
  must(program.exited?.code === 0, "exit status 0", program.ending, program.exited && "subject");
}

async function abortTransfer(context: CaseContext): Promise<void> {
  const program = processOf((await startStalledTransfer(context)).server);
  program.kill("SIGINT");
  await context.happensWithin(() => program.exited !== undefined, context.timeouts.quiet);
  const expected = "the running transfer continues after the first SIGINT";
  must(!program.exited, expected, show(program.ending), "subject");
  await expectEndAfter(context, program, "SIGINT", "the server ends after a second SIGINT");
}

const options = { needs: ["start"] } as const;

export const cases: TestCase[] = [
  rule("N8.1", "the client sends more after the last reply", halfCloseP),
  rule("N8.1", "the client never closes P", closePAtLast, { isLong: true }),
  rule("N9.1", "SIGINT during a transfer", finishTransfer, options),
  rule("N9.1", "SIGINT twice during a transfer", abortTransfer, options),
];
