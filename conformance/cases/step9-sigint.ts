// Step 9: SIGINT ends the server.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { type Need, type TestCase, rule } from "../harness/test-case.ts";
import { prepareRequest, startStalledGet, checkService } from "../peer/client-requests.ts";
import { POLL } from "../spec/timeouts.ts";
import { isComputing } from "../net/procfs.ts";
import { applies, must, need } from "../spec/verdict.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { expectEndAfter, processOf } from "./expectations.ts";

// A server may wait for its clients before it ends.
const options = { needs: ["start"], isLong: true } as const;
type Preparation = (context: CaseContext, server: RunningServer) => Promise<unknown>;

const ends = (
  title: string,
  prepareServer: Preparation,
  needs: readonly Need[] = options.needs,
): TestCase =>
  rule(
    "S9.5",
    title,
    async (context) => {
      const server = await context.startServer();
      await prepareServer(context, server);
      await expectEndAfter(context, processOf(server), "SIGINT");
    },
    { ...options, needs },
  );

/** `kill -INT` reaches one process; Ctrl-C on a terminal reaches all. */
async function endAlone(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  await checkService(context, server);
  const listener = findListener(server);
  const expected = "the server ends after SIGINT to its process alone (kill -INT)";
  await expectEndAfter(context, processOf(server), "SIGINT", expected, [listener]);
}

function findListener(server: RunningServer): number {
  const listener = processOf(server).findListener(server.port);
  applies(listener !== undefined, "the suite cannot find out which process listens");
  return listener;
}

async function expectNoneAfterCtrlC(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  await checkService(context, server);
  const { p } = await prepareRequest(context, server, "list");
  await context.happensWithin(() => p.hasEnded, context.timeouts.quiet / 3);
  const program = processOf(server);
  program.kill("SIGINT");
  await expectNoneLeft(context, program, "after SIGINT to all of its processes (Ctrl-C)");
}

/** The clients have left, so nobody needs the processes that served them. */
async function expectNoneAfterKill(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  await checkService(context, server);
  const clients = [await context.connect(server), await context.connect(server)];
  clients[0]?.send("-");
  await context.happensWithin(() => false, context.timeouts.quiet / 3);
  const program = processOf(server);
  program.kill("SIGINT", [findListener(server)]);
  for (const client of clients) client.close();
  await expectNoneLeft(context, program, "after SIGINT to its process alone (kill -INT)");
}

async function expectNoneLeft(
  context: CaseContext,
  program: SubjectProcess,
  when: string,
): Promise<void> {
  const end = performance.now() + context.timeouts.stop;
  while (program.processes.length > 0 && performance.now() < end) await Bun.sleep(POLL);
  const left = program.processes.map(describeProcess).join(", ");
  await program.waitForExit(10 * POLL); // its end is noticed a moment later
  need(program.exited !== undefined, "S9.5", `the server did not end after SIGINT: ${left}`);
  must(left === "", `no process of the server is left ${when}`, `these still run: ${left}`);
}

/** A process that computes without an end is another mistake than one that waits. */
function describeProcess(pid: number): string {
  return isComputing(pid) ? `${pid}, which keeps a processor busy` : `${pid}`;
}

export const cases: TestCase[] = [
  ends("no client has come yet", async () => {}),
  ends("a client has been served", checkService),
  ends("a client is connected and silent", (context, server) => context.connect(server)),
  ends("a client has stopped reading a large file", startStalledGet, ["start", "large"]),
  rule("S9.5", "SIGINT reaches the process of the server alone", endAlone, options),
  rule("S9.7", "Ctrl-C, with a client connected", expectNoneAfterCtrlC, options),
  rule("S9.7", "kill -INT, and the clients leave", expectNoneAfterKill, options),
];
