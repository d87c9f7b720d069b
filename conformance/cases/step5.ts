// Step 5: the server waits for a command on P.

import { type TestCase, rule } from "../harness/test-case.ts";
import { sendSlowly } from "../peer/slow-sender.ts";
import {
  runRequest,
  hasListing,
  expectNextClientServed,
  prepareRequest,
  needFirstClientServed,
} from "../peer/client-requests.ts";
import { QUIET, REPLY_LIMIT, THINK } from "../spec/timeouts.ts";
import { listConnections } from "../net/procfs.ts";
import { show } from "../net/bytes.ts";
import { must } from "../spec/verdict.ts";

export const cases: TestCase[] = [
  rule(
    "S5.1",
    "P is open and silent; the data port of the last client is still open",
    async (context) => {
      const server = await context.startServer();
      const last = await runRequest(context, server, "list");
      last.close();
      const before = last.listener?.connections.length ?? 0;
      const held = listConnections(server.program?.processes ?? []).length;
      await context.connect(server);
      const dialled = (): boolean => (last.listener?.connections.length ?? 0) > before;
      await context.happensWithin(dialled, 2 * QUIET);
      must(!dialled(), "no Q before a command", "the server opened Q");
      const sockets = listConnections(server.program?.processes ?? []).length;
      // P itself is one more than before.
      must(sockets <= held + 1, "no Q before a command", "it tries to open a connection");
    },
  ),
  rule("S5.2", "the client thinks, and then asks for the list", async (context) => {
    const server = await context.startServer();
    const list = await prepareRequest(context, server, "list");
    await Bun.sleep(THINK); // by the clock on the wall, as the server counts
    const left = list.p.wasReset ? "the server reset P" : "the server closed P";
    must(!list.p.hasEnded, `P stays open for ${THINK} ms`, left);
    await list.run();
    if (!hasListing(list)) await needFirstClientServed(context, server);
    must(hasListing(list), "the list", list.stopReason ?? show(list.payload));
  }),
  rule("S5.3", "a client closes P without a command", async (context) => {
    const server = await context.startServer();
    (await context.connect(server)).close();
    await expectNextClientServed(context, server);
  }),
  rule("S5.3", "a client resets P without a command", async (context) => {
    const server = await context.startServer();
    (await context.connect(server)).abort();
    await expectNextClientServed(context, server);
  }),
  rule("N5.1", "nothing is said before the first line is whole", async (context) => {
    const { p, values } = await prepareRequest(context, await context.startServer(), "list");
    const says = (): boolean => p.length > 0;
    await context.happensWithin(says, QUIET);
    must(!says(), "silence on P", `before any byte: ${show(p.bytes)}`);
    p.send("-l");
    await context.happensWithin(says, QUIET);
    must(!says(), "silence on P", `after half a line: ${show(p.bytes)}`);
    p.send(` ${values["dport"]}\n`);
    must(await context.speaks(p), "a reply to the whole line", "nothing");
  }),
  rule("N5.2", "a byte now and then, but never a line", async (context) => {
    const p = await context.connect(await context.startServer());
    await sendSlowly(context, p);
    must(/^421 .*\n/m.test(p.text), "a 421 reply in time", `${show(p.bytes)} on P`);
    await context.waitFor("the end of P", REPLY_LIMIT, () => p.hasEnded);
    must(p.hasEnded, "P is closed after the 421", "it is still open");
  }),
];
