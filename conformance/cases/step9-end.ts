// Step 9: SIGINT ends the server.

import type { Attempt, Target } from "../harness/context.ts";
import { type Case, rule } from "../harness/test-case.ts";
import { prepare, stuckReader, visit } from "../peer/client-requests.ts";
import { POLL, QUIET, STOP_LIMIT } from "../spec/timeouts.ts";
import type { Program } from "../subject/process.ts";
import { must, NoVerdict } from "../spec/verdict.ts";

const needs = ["start"] as const;

function programOf({ program }: Target): Program {
  if (!program) throw new NoVerdict("the server was not started by the suite");
  return program;
}

async function ends(attempt: Attempt, before: (server: Target) => Promise<unknown>): Promise<void> {
  const server = await attempt.server();
  await before(server);
  const program = programOf(server);
  program.kill("SIGINT");
  const ended = await attempt.within("the end", STOP_LIMIT, () => program.exited !== undefined);
  must(ended, "SIGINT ends it", `${STOP_LIMIT} ms later it still runs`);
}

export const cases: Case[] = [
  rule("S9.5", "nobody has come yet", (attempt) => ends(attempt, async () => {}), { needs }),
  rule(
    "S9.5",
    "a client has been served",
    (attempt) => ends(attempt, (server) => visit(attempt, server)),
    { needs },
  ),
  rule(
    "S9.5",
    "a client is connected and silent",
    (attempt) => ends(attempt, (server) => attempt.connect(server)),
    { needs },
  ),
  rule(
    "S9.5",
    "a client has stopped reading in the middle of a large file",
    (attempt) => ends(attempt, (server) => stuckReader(attempt, server)),
    { needs: ["start", "large"] },
  ),
  rule(
    "S9.7",
    "its processes after SIGINT, with a client connected",
    async (attempt) => {
      const server = await attempt.server();
      await visit(attempt, server);
      const list = await prepare(attempt, server, "list");
      await attempt.happens(() => list.p.over, QUIET / 3);
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
