// Runs a case on a fresh subject, once more if it fails, and makes its result.

import { CaseContext } from "../harness/context.ts";
import { capabilityOf, type TestCase, whyNotApplicable } from "../harness/test-case.ts";
import type { Moment } from "../spec/moment.ts";
import { isProbe } from "../spec/requirements.ts";
import { LATE_FACTOR, stretchTimeouts } from "../spec/timeouts.ts";
import { Accident, DependencyFailed, Failed, Inconclusive } from "../spec/verdict.ts";
import { NotApplicable } from "../spec/verdict.ts";
import type { SuiteConfig } from "../subject/config.ts";
import type { Crash } from "../subject/crash.ts";
import { provision } from "../subject/provision.ts";
import { describeDelays, readDelays, waitUntilPunctual } from "../net/lateness.ts";
import { findHarm } from "./harm.ts";
import { findDecisiveMoment } from "./evidence.ts";
import { findCrash, preflight } from "./preflight.ts";
import { formatRerunCommand } from "./rerun-command.ts";
import { type CaseFacts, makeResult, type Result } from "./result.ts";
import { readTraces } from "./trace-case.ts";
import { mergeTrace, Tracing } from "./tracing.ts";

/** A failure that a second, fresh subject does not show again does not count, but the result says so. */
const ATTEMPTS = 2;
/** Milliseconds in which a busy machine may become calm, before the last attempt. */
const CALM_LIMIT = 5_000;
/** After so many attempts with more time that changed nothing, one after the other, a run makes no more of them. */
const USELESS = 6;
const useless = new WeakMap<SuiteConfig, number>();

/** Attempts that an accident of the suite may spoil before that is the result. */
const ACCIDENTS = 3;

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
  const since = readDelays();
  let facts = await tryOnce(one, config, signal);
  // A rule that only informs is not worth another wait.
  const most = isProbe(one.id) ? 1 : attempts;
  for (let more = 1; more < most && isUnsettled(facts) && !signal?.aborted; more++)
    facts = combine(facts, await tryOnce(one, config, signal));
  const delays = most > 1 && isUnsettled(facts) ? describeDelays(since) : undefined;
  if (delays && (useless.get(config) ?? 0) < USELESS && !signal?.aborted)
    facts = await tryWithMoreTime(one, config, facts, delays, signal);
  if (signal?.aborted) return makeResult(one, line, facts);
  facts = await addTrace(one, config, facts, attempts > 1, signal);
  const place = await findCrashPlace(one, config, facts);
  if (place === undefined || !facts.crash) return makeResult(one, line, facts);
  const { crash } = facts;
  return makeResult(one, line, {
    ...facts,
    crash: { ...crash, place, words: `${crash.words}, at ${place}` },
  });
}

/** Plays the case once more under strace, to show the system calls. What comes of that attempt is no verdict. */
async function addTrace(
  one: TestCase,
  config: SuiteConfig,
  facts: CaseFacts,
  isThorough: boolean,
  signal: AbortSignal | undefined,
): Promise<CaseFacts> {
  const tracing = Tracing.of(config);
  if (!tracing.isWanted(facts, isThorough)) return facts;
  const remark = tracing.whyNot();
  if (remark !== undefined)
    return remark === "" ? facts : { ...facts, remarks: [...(facts.remarks ?? []), remark] };
  using _ = tracing.spend();
  const traced = await tryOnce(one, { ...config, isTraced: true }, signal);
  return signal?.aborted ? facts : mergeTrace(facts, traced);
}

/** Signals of a fault in a program's own code. */
const FAULTS = ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL"];
/** Programs that were run under gdb already, by their commands: once tells enough, and takes a second. */
const debugged = new Map<string, Promise<string | undefined>>();

/** Where a native program crashed: the case is played once more, under gdb, and its verdict is not looked at. */
async function findCrashPlace(
  one: TestCase,
  config: SuiteConfig,
  { crash }: CaseFacts,
): Promise<string | undefined> {
  if (!crash?.signal || crash.place !== undefined || !FAULTS.includes(crash.signal))
    return undefined;
  if (!Bun.which("gdb")) return undefined;
  const key = `${one.role} ${config[one.role]} ${crash.signal}`;
  const known =
    debugged.get(key) ??
    attempt(one, { ...config, isDebugged: true }).then(
      (facts) => facts.crash?.place,
      () => undefined,
    );
  debugged.set(key, known);
  return await known;
}

const isUnsettled = ({ verdict }: CaseFacts): boolean =>
  verdict === "fail" || verdict === "inconclusive";

/** What two attempts say together: a failure is not forgotten if the other attempt says nothing. */
function combine(first: CaseFacts, second: CaseFacts): CaseFacts {
  if (!isUnsettled(second)) return { ...second, retried: true };
  if (first.verdict === second.verdict) return { ...second, retried: true };
  const [failed, open] = first.verdict === "fail" ? [first, second] : [second, first];
  const remark = `another try on a fresh start was inconclusive: ${open.reason ?? ""}`;
  return { ...failed, remarks: [...(failed.remarks ?? []), remark] };
}

/** Tries once more if the machine was too busy to judge, and says so. */
async function tryWithMoreTime(
  one: TestCase,
  config: SuiteConfig,
  facts: CaseFacts,
  delays: string,
  signal: AbortSignal | undefined,
): Promise<CaseFacts> {
  await waitUntilPunctual(CALM_LIMIT);
  const timeouts = stretchTimeouts(config.timeouts, LATE_FACTOR);
  const later = await tryOnce(one, { ...config, timeouts }, signal);
  useless.set(config, isUnsettled(later) ? (useless.get(config) ?? 0) + 1 : 0);
  const both = combine(facts, later);
  const remark = `The machine was busy (${delays}), so the case was tried again with ${LATE_FACTOR} times the time.`;
  return { ...both, remarks: [...(both.remarks ?? []), remark] };
}

// The clean-up may fail as well, for example if a directory cannot be removed: then the result says so.
async function tryOnce(
  one: TestCase,
  given: SuiteConfig,
  signal?: AbortSignal,
  accidents = ACCIDENTS,
): Promise<CaseFacts> {
  try {
    return await attempt(one, given, signal);
  } catch (error) {
    const mayRepeat = error instanceof Accident && accidents > 1 && !signal?.aborted;
    return mayRepeat ? tryOnce(one, given, signal, accidents - 1) : explain(error, one);
  }
}

async function attempt(
  one: TestCase,
  given: SuiteConfig,
  signal?: AbortSignal,
): Promise<CaseFacts> {
  if (signal?.aborted) return explain(new Inconclusive(ABORTED), one);
  const config = await provision(given, one.role, capabilityOf(one));
  if (config instanceof Error) return explain(config, one);
  try {
    await preflight(one, config, signal);
  } catch (error) {
    if (error instanceof Accident) throw error;
    const crash = findCrash(error);
    return { ...explain(error, one), isUnstarted: true, ...(crash && { crash }) };
  }
  const context = new CaseContext(config, one.role);
  const { facts, proof } = await judge(one, context, signal);
  const trace = config.isTraced ? readTraces(context, one.role) : undefined;
  const { slowest, remarks, again } = context;
  const timeline = trace?.timeline ?? context.timeline.moments;
  const options = { ...given.options, ...again };
  return {
    ...facts,
    ...(again ? { again: formatRerunCommand(one, { ...given, options }) } : {}),
    timeline,
    ...(trace?.conclusions.length ? { conclusions: trace.conclusions } : {}),
    ...(proof ? { decisive: timeline.indexOf(proof) } : {}),
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
  const thrown = await runBounded(one, context, signal).catch(
    (error: unknown) => error ?? "nothing",
  );
  if (thrown instanceof Accident) throw thrown;
  const error = findHarm(thrown, context) ?? thrown;
  const { timeline } = context;
  const passedAt = timeline.now();
  if (error === undefined) return { facts: { ...PASS, judgedAt: passedAt } };
  await context.noticeCrash();
  const { crash } = context;
  const judgedAt = crash ? timeline.now() : passedAt;
  const facts = { ...explain(error, one), judgedAt, ...(crash ? { crash } : {}) };
  // After the verdict: what a debugger does to the program cannot change it.
  if (!crash) context.remarks.push(...(await context.captureStacks()));
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
  const over = new Failed("the case comes to an end", `it does not, within ${attempt} ms`);
  const timer = setTimeout(() => limit.reject(over), attempt);
  const abort = (): void => limit.reject(new Inconclusive(ABORTED));
  signal?.addEventListener("abort", abort);
  try {
    await Promise.race([one.run(context), limit.promise]);
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
    const observed = error instanceof DependencyFailed ? { observed: error.observed } : {};
    return {
      verdict: "inconclusive",
      reason: error.message,
      ...observed,
      ...dependsOn,
      ...NONE,
    };
  }
  const stack = error instanceof Error ? error.stack : String(error);
  return { verdict: "inconclusive", reason: `this is a mistake of the suite: ${stack}`, ...NONE };
}
