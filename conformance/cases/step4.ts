// Step 4: the two establish P.

import { HOST } from "../harness/context.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { GIVE_UP_LIMIT, QUIET, REPLY_LIMIT } from "../spec/timeouts.ts";
import { waitForP, launchClient, commandWord } from "../peer/launch-client.ts";
import { isAccepted } from "../net/procfs.ts";
import { must, Inconclusive } from "../spec/verdict.ts";

export const cases: TestCase[] = [
  rule("S4.1", "it opens P to the host and the port it was given", async (context) => {
    const started = launchClient(context, "list");
    const p = await waitForP(context, started);
    const { program } = started;
    // A program that has ended may never have been one: that is no verdict about its connections.
    if (!p && program.exited) throw new Inconclusive(`${program.ending}; ${program.words}`);
    must(p !== undefined, "a connection", `none; ${program.words}`);
  }),
  rule("S4.2", "P is accepted, and stays open while the client is silent", async (context) => {
    const server = await context.startServer();
    const p = await context.connect(server);
    await context.happensWithin(() => p.hasEnded, QUIET);
    must(!p.hasEnded, "P stays open", p.wasReset ? "the server reset it" : "the server closed it");
    const accepted = (): boolean => isAccepted(server.port, p.local.port);
    await context.timeline.waitUntil(accepted, server.program ? REPLY_LIMIT / 5 : 0);
    must(!server.program || accepted(), "accept()", "P is left in the queue of the kernel");
  }),
  rule("S4.3", "nobody listens on SERVER_PORT", async (context) => {
    const values = { host: HOST, port: context.dataPort(), dataport: context.dataPort() };
    const program = context.startClient({ ...values, command: commandWord(context, "list") });
    const ended = await program.waitForExit(GIVE_UP_LIMIT);
    must(ended, "an end, since nobody listens", `it runs after ${GIVE_UP_LIMIT} ms`);
    const { code } = program.exited ?? { code: 0 };
    must(code !== 0, "an exit status other than 0", program.ending);
    must(program.output.trim() !== "", "a message", "it printed nothing");
  }),
];
