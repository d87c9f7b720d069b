// Step 5: the server waits for a command on P.

import { type Case, rule } from "../harness/test-case.ts";
import { dribble } from "../peer/slow-sender.ts";
import { converse, isListed, nextIsServed, prepare, servesFirst } from "../peer/client-requests.ts";
import { QUIET, REPLY_LIMIT, THINK } from "../spec/timeouts.ts";
import { connections } from "../net/procfs.ts";
import { show } from "../net/bytes.ts";
import { must } from "../spec/verdict.ts";

export const cases: Case[] = [
  rule(
    "S5.1",
    "P is open and silent; the data port of the last client is still open",
    async (attempt) => {
      const server = await attempt.server();
      const last = await converse(attempt, server, "list");
      last.leave();
      const before = last.door?.channels.length ?? 0;
      const held = connections(server.program?.processes ?? []).length;
      await attempt.connect(server);
      const dialled = (): boolean => (last.door?.channels.length ?? 0) > before;
      await attempt.happens(dialled, 2 * QUIET);
      must(!dialled(), "no Q before a command", "the server opened Q");
      const sockets = connections(server.program?.processes ?? []).length;
      // P itself is one more than before.
      must(sockets <= held + 1, "no Q before a command", "it tries to open a connection");
    },
  ),
  rule("S5.2", "the client thinks, and then asks for the list", async (attempt) => {
    const server = await attempt.server();
    const list = await prepare(attempt, server, "list");
    await Bun.sleep(THINK); // by the clock on the wall, as the server counts
    const left = list.p.reset ? "the server reset P" : "the server closed P";
    must(!list.p.over, `P stays open for ${THINK} ms`, left);
    await list.run();
    if (!isListed(list)) await servesFirst(attempt, server);
    must(isListed(list), "the list", list.stuck ?? show(list.payload));
  }),
  rule("S5.3", "a client closes P without a command", async (attempt) => {
    const server = await attempt.server();
    (await attempt.connect(server)).close();
    await nextIsServed(attempt, server);
  }),
  rule("S5.3", "a client resets P without a command", async (attempt) => {
    const server = await attempt.server();
    (await attempt.connect(server)).abort();
    await nextIsServed(attempt, server);
  }),
  rule("N5.1", "nothing is said before the first line is whole", async (attempt) => {
    const { p, values } = await prepare(attempt, await attempt.server(), "list");
    const says = (): boolean => p.length > 0;
    await attempt.happens(says, QUIET);
    must(!says(), "silence on P", `before any byte: ${show(p.bytes)}`);
    p.send("-l");
    await attempt.happens(says, QUIET);
    must(!says(), "silence on P", `after half a line: ${show(p.bytes)}`);
    p.send(` ${values["dport"]}\n`);
    must(await attempt.speaks(p), "a reply to the whole line", "nothing");
  }),
  rule("N5.2", "a byte now and then, but never a line", async (attempt) => {
    const p = await attempt.connect(await attempt.server());
    await dribble(attempt, p);
    must(/^421 .*\n/m.test(p.text), "a 421 reply in time", `${show(p.bytes)} on P`);
    await attempt.within("the end of P", REPLY_LIMIT, () => p.over);
    must(p.over, "P is closed after the 421", "it is still open");
  }),
];
