// Step 9: SIGINT ends the server.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { type TestCase, rule } from "../harness/test-case.ts";
import { prepareRequest, startStalledGet, checkService } from "../peer/client-requests.ts";
import { POLL, QUIET, STOP_LIMIT } from "../spec/timeouts.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { must, Inconclusive } from "../spec/verdict.ts";

const needs = ["start"] as const;

function programOf({ program }: RunningServer): SubjectProcess {
  if (!program) throw new Inconclusive("the server was not started by the suite");
  return program;
}

async function ends(
  context: CaseContext,
  before: (server: RunningServer) => Promise<unknown>,
): Promise<void> {
  const server = await context.startServer();
  await before(server);
  const program = programOf(server);
  program.kill("SIGINT");
  const ended = await context.waitFor("the end", STOP_LIMIT, () => program.exited !== undefined);
  must(ended, "SIGINT ends it", `${STOP_LIMIT} ms later it still runs`);
}

export const cases: TestCase[] = [
  rule("S9.5", "nobody has come yet", (context) => ends(context, async () => {}), { needs }),
  rule(
    "S9.5",
    "a client has been served",
    (context) => ends(context, (server) => checkService(context, server)),
    { needs },
  ),
  rule(
    "S9.5",
    "a client is connected and silent",
    (context) => ends(context, (server) => context.connect(server)),
    { needs },
  ),
  rule(
    "S9.5",
    "a client has stopped reading in the middle of a large file",
    (context) => ends(context, (server) => startStalledGet(context, server)),
    { needs: ["start", "large"] },
  ),
  rule(
    "S9.7",
    "its processes after SIGINT, with a client connected",
    async (context) => {
      const server = await context.startServer();
      await checkService(context, server);
      const list = await prepareRequest(context, server, "list");
      await context.happensWithin(() => list.p.hasEnded, QUIET / 3);
      const program = programOf(server);
      program.kill("SIGINT");
      const end = performance.now() + STOP_LIMIT;
      while (program.processes.length > 0 && performance.now() < end) await Bun.sleep(POLL);
      const left = program.processes.join(", ");
      must(left === "", "no process is left", `still there: ${left}`);
    },
    { needs },
  ),
];
