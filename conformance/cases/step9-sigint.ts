// Step 9: SIGINT ends the server.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { type Need, type TestCase, rule } from "../harness/test-case.ts";
import { prepareRequest, startStalledGet, checkService } from "../peer/client-requests.ts";
import { POLL } from "../spec/timeouts.ts";
import { must } from "../spec/verdict.ts";
import { expectEndAfter, processOf } from "./expectations.ts";

const options = { needs: ["start"] } as const;
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
    { needs },
  );

async function expectNoProcessLeft(context: CaseContext): Promise<void> {
  const server = await context.startServer();
  await checkService(context, server);
  const { p } = await prepareRequest(context, server, "list");
  await context.happensWithin(() => p.hasEnded, context.timeouts.quiet / 3);
  const program = processOf(server);
  program.kill("SIGINT");
  const end = performance.now() + context.timeouts.stop;
  while (program.processes.length > 0 && performance.now() < end) await Bun.sleep(POLL);
  const left = program.processes.join(", ");
  must(left === "", "no process of the server is left", `these processes still run: ${left}`);
}

export const cases: TestCase[] = [
  ends("no client has come yet", async () => {}),
  ends("a client has been served", checkService),
  ends("a client is connected and silent", (context, server) => context.connect(server)),
  ends("a client has stopped reading a large file", startStalledGet, ["start", "large"]),
  rule("S9.7", "the processes after SIGINT, with a client connected", expectNoProcessLeft, options),
];
