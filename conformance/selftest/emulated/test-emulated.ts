// Tests emulated programs as the suite tests strangers: some cases at once, and one at a time if their ports are fixed.

import { isSequential, makeConfig, type SuiteConfig } from "../../subject/config.ts";
import { CASES } from "../../cases/all-cases.ts";
import type { TestCase } from "../../harness/test-case.ts";
import { loadDialect } from "../../dialect/load.ts";
import { makeTimeouts } from "../../spec/timeouts.ts";
import { Pool } from "../../net/pool.ts";
import type { Result } from "../../runner/result.ts";
import { runCase } from "../../runner/run-case.ts";

/** One attempt more than usual: some of these conversations end with a pause, which a busy machine stretches. */
const ATTEMPTS = 3;

/** A few cases beside those of all other families, each with all its attempts. */
export const FAMILY_LIMIT = 4 * makeTimeouts().case;

const shared = new Pool(6);
/** Programs with fixed ports take turns. */
const queues = new Map<string, Pool>();

function poolFor(dialect: string, config: SuiteConfig): Pool {
  const queue = queues.get(dialect) ?? new Pool(1);
  queues.set(dialect, queue);
  return isSequential(config) ? queue : shared;
}

interface Expectation {
  /** Of the timeouts. */
  scale?: number;
  /** The rules that must fail: a case that fails at once is not tried again. */
  fails?: readonly string[];
}

export async function testEmulated(
  role: "server" | "client",
  dialect: string,
  command: string,
  rules: readonly string[],
  { scale = 1, fails = [] }: Expectation = {},
): Promise<Result[]> {
  const dialectUsed = await loadDialect(dialect);
  // Megabytes take long line by line, and are tested with our own programs.
  const small = { ...dialectUsed, abilities: { ...dialectUsed.abilities, maxFile: 100_000 } };
  const dialects = { server: small, client: small };
  const config = makeConfig({
    [role]: command,
    ...{ dialects, answer: "", timeouts: makeTimeouts(scale) },
  });
  const cases = CASES.filter((one) => one.role === role && rules.includes(one.id));
  const pool = poolFor(dialect, config);
  const run = async (one: TestCase): Promise<Result> => {
    const once = fails.includes(one.id) ? await runCase(one, config, { attempts: 1 }) : undefined;
    return once?.verdict === "fail" ? once : runCase(one, config, { attempts: ATTEMPTS });
  };
  return Promise.all(cases.map((one) => pool.run(() => run(one))));
}

export const idsWith = (results: readonly Result[], verdict: Result["verdict"]): string[] =>
  [...new Set(results.filter((one) => one.verdict === verdict).map(({ id }) => id))].sort();
