// Emulated programs judged as strangers are: some cases at a time, and in turns where their ports are fixed.

import { isSequential, makeConfig, type SuiteConfig } from "../../subject/config.ts";
import { CASES } from "../../cases/all-cases.ts";
import { loadDialect } from "../../dialect/load.ts";
import { makeTimeouts } from "../../spec/timeouts.ts";
import { Pool } from "../../net/pool.ts";
import type { Result } from "../../runner/result.ts";
import { runCase } from "../../runner/run-case.ts";

/** Once more than for a real subject: these conversations have pauses in place of ends, which a busy machine stretches. */
const ATTEMPTS = 3;

/** A few cases side by side with those of all other families, each with all its attempts. */
export const FAMILY_LIMIT = 4 * makeTimeouts().case;

const pool = new Pool(6);
/** Programs whose ports are fixed take turns, whatever is asked of them. */
const queues = new Map<string, Pool>();

function placesFor(dialect: string, bed: SuiteConfig): Pool {
  const queue = queues.get(dialect) ?? new Pool(1);
  queues.set(dialect, queue);
  return isSequential(bed) ? queue : pool;
}

export async function judged(
  role: "server" | "client",
  dialect: string,
  command: string,
  rules: readonly string[],
): Promise<Result[]> {
  const spoken = await loadDialect(dialect);
  // Megabytes take long in lines, and are tried with our own programs.
  const brief = { ...spoken, abilities: { ...spoken.abilities, maxFile: 100_000 } };
  const dialects = { server: brief, client: brief };
  const bed = makeConfig({ [role]: command, dialects, answer: "" });
  const cases = CASES.filter((one) => one.role === role && rules.includes(one.id));
  const places = placesFor(dialect, bed);
  return Promise.all(
    cases.map((one) => places.run(() => runCase(one, bed, { attempts: ATTEMPTS }))),
  );
}

export const ids = (results: readonly Result[], verdict: Result["verdict"]): string[] =>
  [...new Set(results.filter((one) => one.verdict === verdict).map(({ id }) => id))].sort();
