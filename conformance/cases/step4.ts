// Step 4: the two establish P.

import { HOST } from "../harness/context.ts";
import { type Case, rule } from "../harness/test-case.ts";
import { GIVE_UP_LIMIT, QUIET, REPLY_LIMIT } from "../spec/timeouts.ts";
import { arrival, start, word } from "../peer/launch-client.ts";
import { isAccepted } from "../net/procfs.ts";
import { must, NoVerdict } from "../spec/verdict.ts";

export const cases: Case[] = [
  rule("S4.1", "it opens P to the host and the port it was given", async (attempt) => {
    const started = start(attempt, "list");
    const p = await arrival(attempt, started);
    const { program } = started;
    // A program that has ended may never have been one: that is no verdict about its connections.
    if (!p && program.exited) throw new NoVerdict(`${program.ending}; ${program.words}`);
    must(p !== undefined, "a connection", `none; ${program.words}`);
  }),
  rule("S4.2", "P is accepted, and stays open while the client is silent", async (attempt) => {
    const server = await attempt.server();
    const p = await attempt.connect(server);
    await attempt.happens(() => p.over, QUIET);
    must(!p.over, "P stays open", p.reset ? "the server reset it" : "the server closed it");
    const accepted = (): boolean => isAccepted(server.port, p.local.port);
    await attempt.timeline.until(accepted, server.program ? REPLY_LIMIT / 5 : 0);
    must(!server.program || accepted(), "accept()", "P is left in the queue of the kernel");
  }),
  rule("S4.3", "nobody listens on SERVER_PORT", async (attempt) => {
    const values = { host: HOST, port: attempt.dataPort(), dataport: attempt.dataPort() };
    const program = attempt.client({ ...values, command: word(attempt, "list") });
    const ended = await program.ended(GIVE_UP_LIMIT);
    must(ended, "an end, since nobody listens", `it runs after ${GIVE_UP_LIMIT} ms`);
    const { code } = program.exited ?? { code: 0 };
    must(code !== 0, "an exit status other than 0", program.ending);
    must(program.output.trim() !== "", "a message", "it printed nothing");
  }),
];
