// Runs a case on a fresh subject, once more if it fails, and makes its result.

import { CaseContext } from "../harness/context.ts";
import { capabilityOf, type TestCase, whyNotApplicable } from "../harness/test-case.ts";
import type { Moment } from "../spec/moment.ts";
import { isProbe } from "../spec/requirements.ts";
import { DependencyFailed, Failed, Inconclusive, NotApplicable } from "../spec/verdict.ts";
import type { SuiteConfig } from "../subject/config.ts";
import type { Crash } from "../subject/crash.ts";
import { provision } from "../subject/provision.ts";
import { findDecisiveMoment } from "./evidence.ts";
import { preflight } from "./preflight.ts";
import { formatRerunCommand } from "./rerun-command.ts";
import { type CaseFacts, makeResult, type Result } from "./result.ts";

/** A failure that a second, fresh subject does not show again does not count, but the result says so. */
const ATTEMPTS = 2;

export interface CaseOptions {
  readonly attempts?: number;
  /** Ends the case at once; then its result means nothing. */
  readonly signal?: AbortSignal;
}

export async function runCase(
  one: TestCase,
  config: SuiteConfig,
  { attempts = ATTEMPTS, signal }: CaseOptions = {},
): Promise<Result> {
  const line = formatRerunCommand(one, config);
  const reason = whyNotApplicable(one, config);
  if (reason) return makeResult(one, line, explain(new NotApplicable(reason), one));
  let facts = await tryOnce(one, config, signal);
  // A rule that only informs is not worth another wait.
  const most = isProbe(one.id) ? 1 : attempts;
  for (let more = 1; more < most && isUnsettled(facts) && !signal?.aborted; more++) {
    facts = { ...(await tryOnce(one, config, signal)), retried: true };
  }
  return makeResult(one, line, facts);
}

const isUnsettled = ({ verdict }: CaseFacts): boolean =>
  verdict === "fail" || verdict === "inconclusive";

// The clean-up may fail as well, for example if a directory cannot be removed: then the result says so.
function tryOnce(one: TestCase, given: SuiteConfig, signal?: AbortSignal): Promise<CaseFacts> {
  return attempt(one, given, signal).catch((error: unknown) => explain(error, one));
}

async function attempt(
  one: TestCase,
  given: SuiteConfig,
  signal?: AbortSignal,
): Promise<CaseFacts> {
  if (signal?.aborted) return explain(new Inconclusive(ABORTED), one);
  const config = await provision(given, one.role, capabilityOf(one));
  if (config instanceof Error) return explain(config, one);
  const context = new CaseContext(config, one.role);
  const { facts, proof } = await judge(one, context, signal);
  const { slowest, remarks, timeline, again } = context;
  const options = { ...given.options, ...again };
  return {
    ...facts,
    ...(again ? { again: formatRerunCommand(one, { ...given, options }) } : {}),
    timeline: timeline.moments,
    ...(proof ? { decisive: timeline.moments.indexOf(proof) } : {}),
    ...(slowest ? { slowest } : {}),
    ...(remarks.length ? { remarks } : {}),
  };
}

/** Runs the case, and ends its subjects before it returns. */
async function judge(
  one: TestCase,
  context: CaseContext,
  signal?: AbortSignal,
): Promise<{ facts: CaseFacts & { crash?: Crash }; proof?: Moment | undefined }> {
  await using _ = context;
  const error = await runBounded(one, context, signal).catch(
    (thrown: unknown) => thrown ?? "nothing",
  );
  const { crash, timeline } = context;
  const judgedAt = timeline.now();
  if (error === undefined) return { facts: { ...PASS, judgedAt } };
  const facts = { ...explain(error, one), judgedAt, ...(crash ? { crash } : {}) };
  if (facts.verdict !== "fail") return { facts };
  const { at } = error as Failed | DependencyFailed;
  return { facts, proof: findDecisiveMoment(timeline.moments, judgedAt, at) };
}

async function runBounded(
  one: TestCase,
  context: CaseContext,
  signal?: AbortSignal,
): Promise<void> {
  const { attempt } = context.timeouts;
  const limit = Promise.withResolvers<never>();
  const over = new Inconclusive(`the case did not end within ${attempt} ms`);
  const timer = setTimeout(() => limit.reject(over), attempt);
  const abort = (): void => limit.reject(new Inconclusive(ABORTED));
  signal?.addEventListener("abort", abort);
  try {
    const work = preflight(one.id, context.config, one.role).then(() => one.run(context));
    await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

const ABORTED = "the run was ended";
const NONE = { timeline: [], retried: false };
const PASS: CaseFacts = { verdict: "pass", ...NONE };

/** The verdict for which an error stands. */
function explain(error: unknown, { id, title }: TestCase): CaseFacts {
  if (error instanceof DependencyFailed && error.dependsOn.includes(id)) {
    return { verdict: "fail", expected: title, observed: error.observed, ...NONE };
  }
  if (error instanceof Failed) {
    return { verdict: "fail", expected: error.expected, observed: error.observed, ...NONE };
  }
  if (error instanceof NotApplicable) {
    return { verdict: "not-applicable", reason: error.message, ...NONE };
  }
  if (error instanceof Inconclusive) {
    const dependsOn = error.dependsOn.length > 0 ? { dependsOn: [...error.dependsOn] } : {};
    return { verdict: "inconclusive", reason: error.message, ...dependsOn, ...NONE };
  }
  const stack = error instanceof Error ? error.stack : String(error);
  return { verdict: "inconclusive", reason: `this is a mistake of the suite: ${stack}`, ...NONE };
}
