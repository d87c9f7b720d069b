// The one scheduler: runs cases in this process, a bounded number at once.

import type { TestCase } from "../harness/test-case.ts";
import { Pool } from "../net/pool.ts";
import { isSequential, type SuiteConfig } from "../subject/config.ts";
import { isSelected } from "../subject/options.ts";
import { killSubjects } from "../subject/process.ts";
import { removeProvisions } from "../subject/provision.ts";
import { blameItself, type Result } from "./result.ts";
import { runCase } from "./run-case.ts";
import { sortCases } from "./smoke.ts";

export interface RunHooks {
  /** Ends the run and all subjects. */
  readonly signal?: AbortSignal;
  /** Called with each result as soon as there is one. */
  readonly onResult?: (result: Result) => void;
}

/** Runs the selected cases; an aborted run gives the results that it had. Nothing that it started is left. */
export async function runSuite(
  config: SuiteConfig,
  cases: readonly TestCase[],
  { signal, onResult }: RunHooks = {},
): Promise<Result[]> {
  const selected = cases.filter(({ id }) => isSelected(id, config.only));
  const scheduler = new Scheduler(config, cases);
  const results = new Map<TestCase, Result>();
  const run = async (one: TestCase): Promise<void> => {
    const result = await scheduler.run(one, signal);
    if (signal?.aborted) return;
    results.set(one, result);
    onResult?.(result);
  };
  signal?.addEventListener("abort", killSubjects);
  try {
    await Promise.all(sortCases(selected).map(run));
  } finally {
    signal?.removeEventListener("abort", killSubjects);
    await removeProvisions();
  }
  return selected.flatMap((one) => results.get(one) ?? []);
}

/** A case that takes 5 s waits for its program: others may begin. With all of them a machine still starts programs in time. */
const SHARING = { after: 5_000, most: 36 };

/** Begins each case when it is asked for, and not before. */
export class Scheduler {
  readonly #pool: Pool;
  readonly #results = new Map<TestCase, Promise<Result>>();

  constructor(
    private readonly config: SuiteConfig,
    /** All cases: those on which another one depends may be run too. */
    private readonly cases: readonly TestCase[] = [],
  ) {
    const isShared = !isSequential(config) && config.generation.minutes === 0;
    this.#pool = new Pool(isSequential(config) ? 1 : config.jobs, isShared ? SHARING : undefined);
  }

  /** Where all that a case depends on works, its failure is its own. */
  async run(one: TestCase, signal?: AbortSignal): Promise<Result> {
    const result = await this.#runOnce(one, signal);
    const { verdict, dependsOn = [], isUnstarted = false } = result;
    if (verdict !== "inconclusive" || isUnstarted || dependsOn.length === 0) return result;
    const bases = this.cases.filter(({ id, role }) => role === one.role && dependsOn.includes(id));
    const results = await Promise.all(bases.map((base) => this.#runOnce(base, signal)));
    const doAllHold = dependsOn.every((id) => holds(results.filter((each) => each.id === id)));
    return doAllHold && !signal?.aborted ? blameItself(result) : result;
  }

  /** A case that others depend on is run for all of them at once. */
  #runOnce(one: TestCase, signal?: AbortSignal): Promise<Result> {
    const options = { ...(signal && { signal }) };
    const known = this.#results.get(one);
    const running = known ?? this.#pool.run(() => runCase(one, this.config, options));
    this.#results.set(one, running);
    return running;
  }
}

/** Whether the cases of a rule have passed; those that do not apply do not count. */
const holds = (results: readonly Result[]): boolean =>
  results.some(({ verdict }) => verdict === "pass") &&
  results.every(({ verdict }) => verdict === "pass" || verdict === "not-applicable");
