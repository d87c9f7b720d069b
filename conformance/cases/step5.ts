// Step 5: the server waits for a command on P.

import type { CaseContext } from "../harness/context.ts";
import { findMoment, findReaction } from "./evidence.ts";
import { mustOn } from "./expectations.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { sendSlowly } from "../peer/slow-sender.ts";
import {
  runRequest,
  hasListing,
  expectNextClientServed,
  prepareRequest,
  needFirstClientServed,
} from "../peer/client-requests.ts";
import type { Connection } from "../net/connection.ts";
import { THINK } from "../spec/timeouts.ts";
import { listConnections } from "../net/procfs.ts";
import { show } from "../net/bytes.ts";
import { must } from "../spec/verdict.ts";

async function expectNoEarlyQ(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const last = await runRequest(context, server, "list");
  last.close();
  const countQ = (): number => last.listener?.connections.length ?? 0;
  const countSockets = (): number => listConnections(server.program?.processes ?? []).length;
  const [earlierQ, earlierSockets] = [countQ(), countSockets()];
  await context.connect(server);
  await context.happensWithin(() => countQ() > earlierQ, 2 * context.timeouts.quiet);
  const expected = "the server does not open Q before a command";
  must(countQ() === earlierQ, expected, "it opened Q", findMoment(context, "Q", ["SYN"]));
  // P itself is one socket more.
  must(countSockets() <= earlierSockets + 1, expected, "it tries to open a connection");
}

async function serveSlowClient(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const client = await prepareRequest(context, server, "list");
  await Bun.sleep(THINK); // a real pause, because the server measures real time
  const end = client.p.wasReset ? "the server reset P" : "the server closed P";
  must(!client.p.hasEnded, `P stays open for ${THINK} ms without a command`, end, "P");
  await client.run();
  if (!hasListing(client)) await needFirstClientServed(context, server);
  const observed = client.stopReason ?? show(client.payload);
  must(hasListing(client), "the listing", observed, findReaction(client));
}

async function survive(context: CaseContext, leave: "close" | "abort"): Promise<void> {
  const server = await context.startServer();
  (await context.connect(server))[leave]();
  await expectNextClientServed(context, server);
}

/** Each client stays well within the time that a server may allow for a line (N5.2), also on a busy machine. */
async function expectSilence(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  const silent = await context.connect(server);
  await expectNothingYet(context, silent);
  silent.close();
  const { p, values } = await prepareRequest(context, server, "list");
  p.send("-l");
  await expectNothingYet(context, p);
  p.send(` ${values["dport"]}\n`);
  mustOn(p, await context.speaks(p), "a reply to the whole line");
}

async function expectNothingYet(context: CaseContext, p: Connection): Promise<void> {
  await context.happensWithin(() => p.length > 0 || p.hasEnded, context.timeouts.quiet);
  const isQuiet = p.length === 0 && !p.hasEnded;
  mustOn(p, isQuiet, "nothing on P, and not its end, before the first whole line");
}

async function expectTimeout(context: CaseContext): Promise<void> {
  const p = await context.connect(await context.startServer());
  await sendSlowly(context, p);
  mustOn(p, /^421 [^\n]*\n/m.test(p.text), "a 421 reply within the time limit");
  await context.waitFor("the end of P", context.timeouts.reply, () => p.hasEnded);
  must(p.hasEnded, "the server closes P after the 421", "P is still open");
}

export const cases: TestCase[] = [
  rule("S5.1", "P is silent, and the data port of the last client is open", expectNoEarlyQ, {
    worked: "list",
    isLong: true,
  }),
  rule("S5.2", "a client waits before it asks for the listing", serveSlowClient, { isLong: true }),
  rule("S5.3", "a client closes P without a command", (context) => survive(context, "close")),
  rule("S5.3", "a client resets P without a command", (context) => survive(context, "abort")),
  rule("N5.1", "no line, then half a line, then a whole line", expectSilence),
  rule("N5.2", "a client sends single bytes and never a whole line", expectTimeout, {
    isLong: true,
  }),
];
