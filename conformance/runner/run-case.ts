// Tries a case on a fresh subject, once more where it fails, and says what became of it.

import { CaseContext } from "../harness/context.ts";
import type { SuiteConfig } from "../subject/config.ts";
import { capabilityOf, type TestCase, whyNotApplicable, isProbe } from "../harness/test-case.ts";
import { formatRerunLine } from "./failure-message.ts";
import { provision } from "../subject/provision.ts";
import { CASE_LIMIT } from "../spec/timeouts.ts";
import { preflight } from "./preflight.ts";
import { type Facts, type Result, makeResult } from "./result.ts";
import { Failed, NotApplicable, Inconclusive, DependencyFailed } from "../spec/verdict.ts";

/** A failure that a second, fresh subject does not show is not counted, but told. */
const ATTEMPTS = 2;

export async function runCase(
  one: TestCase,
  bench: SuiteConfig,
  attempts = ATTEMPTS,
): Promise<Result> {
  const line = formatRerunLine(one, bench);
  const reason = whyNotApplicable(one, bench);
  if (reason) {
    return makeResult(one, line, {
      verdict: "not-applicable",
      reason,
      timeline: [],
      retried: false,
    });
  }
  let facts = await once(one, bench);
  // What only informs is not worth another wait.
  const most = isProbe(one.id) ? 1 : attempts;
  for (let more = 1; more < most && unsettled(facts); more++) {
    facts = { ...(await once(one, bench)), retried: true };
  }
  return makeResult(one, line, facts);
}

const unsettled = ({ verdict }: Facts): boolean => verdict === "fail" || verdict === "no-verdict";

// A directory that cannot be removed, or anything else that goes wrong at the end: it is told, and the case not lost.
async function once(one: TestCase, given: SuiteConfig): Promise<Facts> {
  return held(one, given).catch((error: unknown) => untimed(error, one));
}

const untimed = (error: unknown, one: TestCase): Facts => ({
  ...explained(error, one),
  timeline: [],
  retried: false,
});

async function held(one: TestCase, given: SuiteConfig): Promise<Facts> {
  const bench = await provision(given, one.role, capabilityOf(one));
  if (bench instanceof NotApplicable || bench instanceof Inconclusive) {
    return untimed(bench, one);
  }
  await using context = new CaseContext(bench, one.role);
  const outcome = await bounded(one, context).then(
    () => ({ verdict: "pass" }) as const,
    (error: unknown) => explained(error, one),
  );
  const { slowest, remarks, crash } = context;
  const timeline = context.timeline.moments;
  return {
    ...outcome,
    timeline,
    retried: false,
    ...(slowest ? { slowest } : {}),
    ...(crash && outcome.verdict !== "pass" ? { crash } : {}),
    ...(remarks.length ? { remarks } : {}),
  };
}

async function bounded(one: TestCase, context: CaseContext): Promise<void> {
  const limit = Promise.withResolvers<never>();
  const over = new Inconclusive(`the suite gave up after ${CASE_LIMIT} ms`);
  const timer = setTimeout(() => limit.reject(over), CASE_LIMIT);
  try {
    const work = preflight(one.id, context.config, one.role).then(() => one.run(context));
    await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

type Outcome = Pick<Facts, "verdict" | "expected" | "observed" | "reason">;

function explained(error: unknown, { id, title }: TestCase): Outcome {
  if (error instanceof DependencyFailed && error.ids.includes(id)) {
    return { verdict: "fail", expected: title, observed: error.observed };
  }
  if (error instanceof Failed) {
    return { verdict: "fail", expected: error.expected, observed: error.observed };
  }
  if (error instanceof NotApplicable) return { verdict: "not-applicable", reason: error.message };
  if (error instanceof Inconclusive) return { verdict: "no-verdict", reason: error.message };
  const stack = error instanceof Error ? error.stack : String(error);
  return { verdict: "no-verdict", reason: `the suite itself made a mistake: ${stack}` };
}
