// Puts cases before bun test: each is one test, named by id and level, with its verdict recorded.

import { afterAll, test } from "bun:test";
import { type SuiteConfig, configFromEnvironment } from "../subject/config.ts";
import { SELECTIVE } from "./bun-argv.ts";
import { type TestCase, whyNotApplicable, isProbe } from "../harness/test-case.ts";
import { formatFailure } from "./failure-message.ts";
import { removeProvisions } from "../subject/provision.ts";
import { TEST_LIMIT } from "../spec/timeouts.ts";
import { record, makeResult, type Result } from "./result.ts";
import { isFixedPort } from "../net/ports.ts";
import { requirement } from "../spec/requirements.ts";
import { address } from "../subject/command-line.ts";
import { Pool } from "../net/pool.ts";
import { runCase } from "./run-case.ts";

/** Most of a case is waiting; a machine with two cores bears this many subjects at once. */
const SLOTS = 6;
const slots = Number(Bun.env["FT_JOBS"] ?? 0) || SLOTS;

/** A server that runs already, and programs whose ports are fixed, can be asked one thing at a time. */
export function alone({ server = "", dialects }: SuiteConfig): boolean {
  const { serverPorts, dataPorts } = dialects.server.abilities ?? {};
  return address(server) !== undefined || isFixedPort(serverPorts) || isFixedPort(dataPorts);
}

/** FT_ONLY=S7.1,S9 judges only those. */
export function chosen(id: string, only = Bun.env["FT_ONLY"]): boolean {
  if (!only) return true;
  return only.split(",").some((part) => id === part || id.startsWith(`${part}.`));
}

export function named(one: TestCase): string {
  const level = isProbe(one.id) ? "INFO" : requirement(one.id).level;
  return `${one.id} ${level} ${one.role}: ${one.title}`;
}

class Failure extends Error {}

/** Registers the cases of a file. */
export async function judge(cases: readonly TestCase[]): Promise<void> {
  const bed = await configFromEnvironment();
  afterAll(removeProvisions);
  const asked = cases.filter(({ id }) => chosen(id));
  const results = new Results(asked, bed);
  for (const one of asked) {
    const reason = whyNotApplicable(one, bed);
    if (reason) skip(one, reason);
    else test(named(one), async () => decide(await results.of(one), bed.strict), TEST_LIMIT);
  }
}

// JUnit leaves out why a test was skipped, so its name says it.
function skip(one: TestCase, reason: string): void {
  void record(
    makeResult(one, "", { verdict: "not-applicable", reason, timeline: [], retried: false }),
  );
  test.skip(`${named(one)} [not applicable: ${reason}]`, () => {});
}

function decide(one: Result, strict: boolean): void {
  if (one.verdict === "pass" || one.verdict === "not-applicable") return remark(one);
  const informs = one.level === "INFO" || (one.level !== "MUST" && !strict);
  if (one.verdict === "fail" && informs)
    return console.warn(`\nnot met, and no more than that:\n${formatFailure(one)}\n`);
  const failure = new Failure(formatFailure(one));
  failure.name = one.verdict === "no-verdict" ? "no verdict" : "not met";
  Error.captureStackTrace(failure, decide);
  throw failure;
}

function remark(one: Result): void {
  if (one.verdict === "not-applicable") console.warn(`${one.id} is not applicable: ${one.reason}`);
  if (one.retried) console.warn(`${one.id} held only when it was tried again on a fresh subject`);
}

/** Cases run some at a time in the background; bun test asks for their results one by one. */
class Results {
  readonly #pool: Pool;
  readonly #results = new Map<TestCase, Promise<Result>>();

  constructor(
    readonly cases: readonly TestCase[],
    readonly bed: SuiteConfig,
  ) {
    this.#pool = new Pool(alone(bed) ? 1 : slots);
  }

  of(one: TestCase): Promise<Result> {
    // With -t, none is begun ahead of its turn: it may have been left out.
    const ahead = SELECTIVE ? [one] : this.cases;
    for (const each of ahead) if (!this.#results.has(each)) this.#begin(each);
    return this.#results.get(one) ?? Promise.reject(new Error(`${one.id} was never begun`));
  }

  #begin(one: TestCase): void {
    if (whyNotApplicable(one, this.bed)) return;
    const running = this.#pool.run(async () => {
      const done = await runCase(one, this.bed);
      await record(done);
      return done;
    });
    running.catch(() => {}); // it is awaited later, by its own test
    this.#results.set(one, running);
  }
}
