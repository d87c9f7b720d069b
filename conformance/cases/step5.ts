// Step 5: the server waits for a command on P.

import { type TestCase, rule } from "../harness/test-case.ts";
import { sendSlowly } from "../peer/slow-sender.ts";
import { converse, isListed, nextIsServed, prepare, servesFirst } from "../peer/client-requests.ts";
import { THINK } from "../spec/timeouts.ts";
import { connections } from "../net/procfs.ts";
import { show } from "../net/bytes.ts";
import { must } from "../spec/verdict.ts";

export const cases: TestCase[] = [
  rule(
    "S5.1",
    "P is open and silent; the data port of the last client is still open",
    async (context) => {
      const server = await context.startServer();
      const last = await converse(context, server, "list");
      last.leave();
      const before = last.door?.channels.length ?? 0;
      const held = connections(server.program?.processes ?? []).length;
      await context.connect(server);
      const dialled = (): boolean => (last.door?.channels.length ?? 0) > before;
      await context.happensWithin(dialled, 2 * context.timeouts.quiet);
      must(!dialled(), "no Q before a command", "the server opened Q");
      const sockets = connections(server.program?.processes ?? []).length;
      // P itself is one more than before.
      must(sockets <= held + 1, "no Q before a command", "it tries to open a connection");
    },
  ),
  rule("S5.2", "the client thinks, and then asks for the list", async (context) => {
    const server = await context.startServer();
    const list = await prepare(context, server, "list");
    await Bun.sleep(THINK); // by the clock on the wall, as the server counts
    const left = list.p.reset ? "the server reset P" : "the server closed P";
    must(!list.p.hasEnded, `P stays open for ${THINK} ms`, left);
    await list.run();
    if (!isListed(list)) await servesFirst(context, server);
    must(isListed(list), "the list", list.stuck ?? show(list.payload));
  }),
  rule("S5.3", "a client closes P without a command", async (context) => {
    const server = await context.startServer();
    (await context.connect(server)).close();
    await nextIsServed(context, server);
  }),
  rule("S5.3", "a client resets P without a command", async (context) => {
    const server = await context.startServer();
    (await context.connect(server)).abort();
    await nextIsServed(context, server);
  }),
  rule("N5.1", "nothing is said before the first line is whole", async (context) => {
    const { p, values } = await prepare(context, await context.startServer(), "list");
    const says = (): boolean => p.length > 0;
    await context.happensWithin(says, context.timeouts.quiet);
    must(!says(), "silence on P", `before any byte: ${show(p.bytes)}`);
    p.send("-l");
    await context.happensWithin(says, context.timeouts.quiet);
    must(!says(), "silence on P", `after half a line: ${show(p.bytes)}`);
    p.send(` ${values["dport"]}\n`);
    must(await context.speaks(p), "a reply to the whole line", "nothing");
  }),
  rule("N5.2", "a byte now and then, but never a line", async (context) => {
    const p = await context.connect(await context.startServer());
    await sendSlowly(context, p);
    must(/^421 .*\n/m.test(p.text), "a 421 reply in time", `${show(p.bytes)} on P`);
    await context.waitFor("the end of P", context.timeouts.reply, () => p.hasEnded);
    must(p.hasEnded, "P is closed after the 421", "it is still open");
  }),
];
