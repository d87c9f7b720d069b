// The verdict of a case, and the four errors by which a case reaches a verdict other than pass.

import type { Evidence } from "./moment.ts";

export type Verdict = "pass" | "fail" | "inconclusive" | "not-applicable";

/** The rule is broken: what was expected, what was observed, and the event that proves it. */
export class Failed extends Error {
  override readonly name = "Failed";
  constructor(
    readonly expected: string,
    readonly observed: string,
    readonly at?: Evidence,
  ) {
    super(`expected ${expected}; observed ${observed}`);
  }
}

/** The rule cannot be tested with this subject, or not on this machine. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}

/** Nothing can be said: the subject does not run, or another rule must hold first. */
export class Inconclusive extends Error {
  override readonly name: string = "Inconclusive";
  constructor(
    message: string,
    /** The ids of the rules that must hold before this one can be tested. */
    readonly dependsOn: readonly string[] = [],
  ) {
    super(message);
  }
}

/** The machine or the suite itself was in the way, such as a port that another program took: the attempt does not count. */
export class Accident extends Inconclusive {
  override readonly name = "Accident";
}

/** A rule on which this one depends is broken. If it is the tested rule itself, that rule fails. */
export class DependencyFailed extends Inconclusive {
  override readonly name = "DependencyFailed";
  constructor(
    ids: readonly string[],
    readonly observed: string,
    readonly at?: Evidence,
  ) {
    const verb = ids.length === 1 ? "works" : "work";
    super(`Cannot be tested until ${ids.join(", ")} ${verb}: ${observed}`, ids);
  }
}

/** The rule that is tested. */
export function must(
  holds: boolean,
  expected: string,
  observed: string,
  at?: Evidence,
): asserts holds {
  if (!holds) throw new Failed(expected, observed, at);
}

/** What other rules demand and this one depends on: if it does not hold, those rules are to blame. */
export function need(
  holds: boolean,
  ids: string | readonly string[],
  observed: string,
  at?: Evidence,
): asserts holds {
  if (!holds) throw new DependencyFailed(typeof ids === "string" ? [ids] : ids, observed, at);
}

/** What the rule takes for granted. */
export function applies(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new NotApplicable(reason);
}
