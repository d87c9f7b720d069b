// What a case can come to, and the four ways in which it says so.

export type Verdict = "pass" | "fail" | "not-applicable" | "no-verdict";

/** The rule is broken: what was to happen, and what did. */
export class Failed extends Error {
  override readonly name = "Broken";
  constructor(
    readonly expected: string,
    readonly observed: string,
  ) {
    super(`expected ${expected}; observed ${observed}`);
  }
}

/** The rule cannot be asked of this subject, or not here. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}

/** Nothing can be said: the subject cannot run, or another rule is broken that this one rests on. */
export class Inconclusive extends Error {
  override readonly name: string = "NoVerdict";
}

/** Another rule is broken that this one rests on; where that is this one itself, it is broken after all. */
export class DependencyFailed extends Inconclusive {
  override readonly name = "Rests";
  constructor(
    readonly ids: readonly string[],
    readonly observed: string,
  ) {
    super(`it rests on ${ids.join(", ")}: ${observed}`);
  }
}

/** The rule that is judged. */
export function must(holds: boolean, expected: string, observed: string): asserts holds {
  if (!holds) throw new Failed(expected, observed);
}

/** What another rule demands and this one rests on: where it fails, that rule is to be blamed. */
export function need(holds: boolean, ids: string, observed: string): asserts holds {
  if (!holds) throw new DependencyFailed(ids.split(", "), observed);
}

/** What the rule takes for granted. */
export function applies(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new NotApplicable(reason);
}
