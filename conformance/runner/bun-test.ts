// The front door for `bun test`: each case is one test, named by its id and level.

import { afterAll, test } from "bun:test";
import { CASES } from "../cases/all-cases.ts";
import { type TestCase, whyNotApplicable } from "../harness/test-case.ts";
import { isProbe, requirement } from "../spec/requirements.ts";
import { configFromEnvironment, isSequential } from "../subject/config.ts";
import { isSelected } from "../subject/options.ts";
import { killSubjects } from "../subject/process.ts";
import { removeProvisions } from "../subject/provision.ts";
import { formatFailure } from "./failure-message.ts";
import type { Result } from "./result.ts";
import { Scheduler } from "./suite.ts";

/** bun test begins at most so many concurrent tests; a test waits until the scheduler has room for it. */
const CONCURRENT_TESTS = 20;

for (const [signal, status] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, () => {
    killSubjects();
    process.exit(status);
  });
}

/** Registers the cases that are chosen: bun test begins those that its own options select. */
export async function registerCases(
  isChosen: (one: TestCase) => boolean,
  cases: readonly TestCase[] = CASES,
): Promise<void> {
  const config = await configFromEnvironment();
  const scheduler = new Scheduler(config, CASES);
  const { jobs, strict, timeouts } = config;
  afterAll(removeProvisions);
  const sequential = isSequential(config);
  const register = sequential ? test : test.concurrent;
  const limit = timeouts.case * (sequential ? 1 : Math.ceil(CONCURRENT_TESTS / jobs));
  for (const one of cases) {
    if (!isChosen(one) || !isSelected(one.id, config.only)) continue;
    const reason = whyNotApplicable(one, config);
    // JUnit leaves out why a test was skipped, so its name says it.
    if (reason) test.skip(`${nameOf(one)} [not applicable: ${reason}]`, () => {});
    else register(nameOf(one), async () => report(await scheduler.run(one), strict), limit);
  }
}

function nameOf({ id, role, title }: TestCase): string {
  const level = isProbe(id) ? "INFO" : requirement(id).level;
  return `${id} ${level} ${role}: ${title}`;
}

class TestFailure extends Error {}

function report(one: Result, strict: boolean): void {
  if (one.verdict === "pass" || one.verdict === "not-applicable") return warn(one);
  const onlyInforms = one.level === "INFO" || (one.level !== "MUST" && !strict);
  if (one.verdict === "fail" && onlyInforms)
    return console.warn(`\nThis decides nothing:\n${formatFailure(one)}\n`);
  const failure = new TestFailure(formatFailure(one));
  failure.name = one.verdict;
  Error.captureStackTrace(failure, report);
  throw failure;
}

function warn({ id, verdict, reason, retried }: Result): void {
  if (verdict === "not-applicable") console.warn(`${id} is not applicable: ${reason}`);
  if (retried) console.warn(`${id} passed only when it was tried again on a fresh subject`);
}
