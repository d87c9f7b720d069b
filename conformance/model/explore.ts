// Looks for a run that fails: draws runs from seeds, makes the first one that fails short, and shows it once more.

import { CaseContext } from "../harness/context.ts";
import { DependencyFailed, Failed } from "../spec/verdict.ts";
import { Random } from "./random.ts";
import { shrink, type Shrunk } from "./shrink.ts";
import type { Violation } from "./violation.ts";

/** How a kind of run is drawn, played, made simpler and told. */
export interface Profile<Run> {
  draw: (random: Random, context: CaseContext, id: string) => Run | Promise<Run>;
  play: (context: CaseContext, run: Run, until: number) => Promise<Violation | undefined>;
  simplify: (run: Run) => Iterable<Run>;
  /** The step of the run, and those right before it: so many in all. */
  narrow: (run: Run, step: number, count: number) => Run;
  describe: (run: Run) => string;
  /** The one rule that the shortest run breaks. */
  blame: (run: Run, violation: Violation) => string;
}

/** Milliseconds for the runs of one case by default: a slow program is tried with fewer clients. */
const EXPLORE_TIME = 4_000;
/** About twenty cases share the minutes that the user gives, six at a time. */
const SHARE = 0.3;
/** Milliseconds for making a run short; a program that hangs takes its time for each try. */
const SHRINK_TIME = 8_000;
/** How often the shortest run is played again: what depends on timing does not show each time. */
const REPLAYS = 3;
const CONFIRMATIONS = 2;

/** Throws if a run breaks the rule, or another one on which it rests. */
export async function explore<Run>(
  context: CaseContext,
  id: string,
  profile: Profile<Run>,
): Promise<void> {
  using fresh = new FreshContexts(context);
  const { seed, minutes } = context.config.generation;
  const end = performance.now() + minutes * 60_000 * SHARE;
  for (let next = seed; next === seed || performance.now() < end; next++) {
    const run = await profile.draw(new Random(next), context, id);
    const until = performance.now() + EXPLORE_TIME * context.timeouts.scale;
    const violation = await fresh.use((one) => profile.play(one, run, until));
    if (violation) await report(context, fresh, id, profile, next, { run, violation });
  }
}

async function report<Run>(
  context: CaseContext,
  fresh: FreshContexts,
  id: string,
  profile: Profile<Run>,
  seed: number,
  first: Shrunk<Run>,
): Promise<void> {
  const limit = performance.now() + SHRINK_TIME * context.timeouts.scale;
  const tryRun = (run: Run): Promise<Violation | undefined> =>
    fresh.use((one) => profile.play(one, run, limit));
  const tryAgain = (run: Run): Promise<Violation | undefined> =>
    fresh.use((one) =>
      profile.play(one, run, performance.now() + EXPLORE_TIME * context.timeouts.scale),
    );
  const shortest = await makeShort(first, profile, tryRun, limit);
  await fresh[Symbol.asyncDispose]();
  const isShown =
    shortest.violation.isHang === true || (await isConfirmed(() => tryAgain(shortest.run)));
  const violation = isShown ? await replay(context, profile, shortest.run) : undefined;
  // What is not seen again, on a fresh subject, does not count, as in every case.
  const once = `seed ${seed}: ${shortest.violation.observed}; this was not seen again`;
  if (!violation) return context.remark(once);
  context.again = { seed };
  const told = `the shortest run that fails, of seed ${seed}: ${profile.describe(shortest.run)}`;
  const observed = `${violation.observed}; ${told}`;
  const blamed = profile.blame(shortest.run, violation);
  if (blamed !== id) throw new DependencyFailed([blamed], observed, violation.at);
  throw new Failed(violation.expected, observed, violation.at);
}

/** The step that failed, with as few steps before it as it takes; a hang is not tried again and again. */
async function makeShort<Run>(
  first: Shrunk<Run>,
  { narrow, simplify }: Profile<Run>,
  tryRun: (run: Run) => Promise<Violation | undefined>,
  limit: number,
): Promise<Shrunk<Run>> {
  const { run, violation } = first;
  const { step, isHang = false } = violation;
  if (step === undefined) return shrink(first, simplify, tryRun, limit);
  if (isHang) return { run: narrow(run, step, 1), violation };
  for (let count = 1; count <= step; count *= 2) {
    const last = narrow(run, step, count);
    const again = performance.now() < limit ? await tryRun(last) : undefined;
    if (again) return shrink({ run: last, violation: again }, simplify, tryRun, limit);
  }
  return shrink({ run: narrow(run, step, step + 1), violation }, simplify, tryRun, limit);
}

/** A busy machine makes a program fail now and then: a run that fails does so again. */
async function isConfirmed(tryAgain: () => Promise<Violation | undefined>): Promise<boolean> {
  for (let tries = 0; tries < CONFIRMATIONS; tries++) if (await tryAgain()) return true;
  return false;
}

/** Once more in the context of the case, whose timeline then shows it. */
async function replay<Run>(
  context: CaseContext,
  profile: Profile<Run>,
  run: Run,
): Promise<Violation | undefined> {
  for (let tries = 0; tries < REPLAYS; tries++) {
    const until = performance.now() + EXPLORE_TIME * context.timeouts.scale;
    const violation = await profile.play(context, run, until);
    if (violation) return violation;
  }
  return undefined;
}

/** Each run gets files, a timeline and a subject of its own. They end with the case, however it ends. */
class FreshContexts implements Disposable, AsyncDisposable {
  #current: CaseContext | undefined;

  constructor(private readonly outer: CaseContext) {
    outer.own({ [Symbol.asyncDispose]: () => this[Symbol.asyncDispose]() });
  }

  async use<T>(work: (context: CaseContext) => Promise<T>): Promise<T> {
    await using context = new CaseContext(this.outer.config, this.outer.role);
    this.#current = context;
    const result = await work(context);
    this.outer.adoptCrash(context.crash);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#current?.[Symbol.asyncDispose]();
  }

  [Symbol.dispose](): void {
    this.#current = undefined;
  }
}
