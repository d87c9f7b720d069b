// Tries a case on a fresh subject, once more where it fails, and says what became of it.

import { Attempt } from "../harness/context.ts";
import type { Bench } from "../subject/config.ts";
import { capability, type Case, inapplicable, isProbe } from "../harness/test-case.ts";
import { again } from "./failure-message.ts";
import { outfitted } from "../subject/provision.ts";
import { ATTEMPT_LIMIT } from "../spec/timeouts.ts";
import { proven } from "./preflight.ts";
import { type Facts, type Result, result } from "./result.ts";
import { Broken, NotApplicable, NoVerdict, Rests } from "../spec/verdict.ts";

/** A failure that a second, fresh subject does not show is not counted, but told. */
const ATTEMPTS = 2;

export async function trial(one: Case, bench: Bench, attempts = ATTEMPTS): Promise<Result> {
  const line = again(one, bench);
  const reason = inapplicable(one, bench);
  if (reason) {
    return result(one, line, { verdict: "not-applicable", reason, timeline: [], retried: false });
  }
  let facts = await once(one, bench);
  // What only informs is not worth another wait.
  const most = isProbe(one.id) ? 1 : attempts;
  for (let more = 1; more < most && unsettled(facts); more++) {
    facts = { ...(await once(one, bench)), retried: true };
  }
  return result(one, line, facts);
}

const unsettled = ({ verdict }: Facts): boolean => verdict === "fail" || verdict === "no-verdict";

// A directory that cannot be removed, or anything else that goes wrong at the end: it is told, and the case not lost.
async function once(one: Case, given: Bench): Promise<Facts> {
  return held(one, given).catch((error: unknown) => untimed(error, one));
}

const untimed = (error: unknown, one: Case): Facts => ({
  ...explained(error, one),
  timeline: [],
  retried: false,
});

async function held(one: Case, given: Bench): Promise<Facts> {
  const bench = await outfitted(given, one.role, capability(one));
  if (bench instanceof NotApplicable || bench instanceof NoVerdict) {
    return untimed(bench, one);
  }
  await using attempt = new Attempt(bench, one.role);
  const outcome = await bounded(one, attempt).then(
    () => ({ verdict: "pass" }) as const,
    (error: unknown) => explained(error, one),
  );
  const { slowest, remarks, fall } = attempt;
  const timeline = attempt.timeline.moments;
  return {
    ...outcome,
    timeline,
    retried: false,
    ...(slowest ? { slowest } : {}),
    ...(fall && outcome.verdict !== "pass" ? { fall } : {}),
    ...(remarks.length ? { remarks } : {}),
  };
}

async function bounded(one: Case, attempt: Attempt): Promise<void> {
  const limit = Promise.withResolvers<never>();
  const over = new NoVerdict(`the suite gave up after ${ATTEMPT_LIMIT} ms`);
  const timer = setTimeout(() => limit.reject(over), ATTEMPT_LIMIT);
  try {
    const work = proven(one.id, attempt.bench, one.role).then(() => one.run(attempt));
    await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

type Outcome = Pick<Facts, "verdict" | "expected" | "observed" | "reason">;

function explained(error: unknown, { id, title }: Case): Outcome {
  if (error instanceof Rests && error.ids.includes(id)) {
    return { verdict: "fail", expected: title, observed: error.observed };
  }
  if (error instanceof Broken) {
    return { verdict: "fail", expected: error.expected, observed: error.observed };
  }
  if (error instanceof NotApplicable) return { verdict: "not-applicable", reason: error.message };
  if (error instanceof NoVerdict) return { verdict: "no-verdict", reason: error.message };
  const stack = error instanceof Error ? error.stack : String(error);
  return { verdict: "no-verdict", reason: `the suite itself made a mistake: ${stack}` };
}
