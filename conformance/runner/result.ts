// The result of a case, from which all reports are made.

import type { SlowestWait } from "../harness/context.ts";
import type { TestCase } from "../harness/test-case.ts";
import type { Crash } from "../subject/crash.ts";
import type { Conclusion } from "../trace/conclusion.ts";
import { isProbe, requirement } from "../spec/requirements.ts";
import type { Moment } from "../net/timeline.ts";
import type { Verdict } from "../spec/verdict.ts";

export interface Result {
  id: string;
  level: "MUST" | "SHOULD" | "MAY" | "INFO";
  role: TestCase["role"];
  title: string;
  rule: string;
  verdict: Verdict;
  hint: string;
  /** For a failure. */
  expected?: string;
  observed?: string;
  /** The program does not do what every case of its kind takes for granted, so the case has not begun. */
  isUnstarted?: boolean;
  /** Why the result is inconclusive, or why the rule is not applicable. */
  reason?: string;
  /** The rules that must hold before this one can be tested. */
  dependsOn?: string[];
  timeline: Moment[];
  /** Index into the timeline of the moment that proves the failure; absent if something did not happen. */
  decisive?: number;
  /** When the verdict was reached, in ms on the timeline; later moments are the suite's clean-up. */
  judgedAt?: number;
  slowest?: SlowestWait;
  /** What else was seen, such as bytes that the dialect does not explain. */
  remarks?: string[];
  /** What the system calls of the program show; the remarks begin with their sentences. */
  conclusions?: Conclusion[];
  /** How the server ended by itself, or the error that its runtime printed: it explains other failures. */
  crash?: Crash;
  /** Whether the case was tried again on a fresh subject. */
  retried: boolean;
  /** The command that tests this rule again. */
  again: string;
}

export type CaseFacts = Pick<Result, "verdict" | "timeline" | "retried"> & Partial<Result>;

/** The verdict of a case whose dependencies hold: then its failure is its own. */
export function blameItself(result: Result): Result {
  const { reason, dependsOn = [], ...rest } = result;
  const hold = `although ${dependsOn.join(", ")} ${dependsOn.length === 1 ? "works" : "work"}`;
  const observed = `${result.observed ?? reason} (${hold})`;
  return { ...rest, verdict: "fail", expected: result.title, observed };
}

/** The result of a case, with the text of its rule. */
export function makeResult(one: TestCase, again: string, facts: CaseFacts): Result {
  const { id, role, title } = one;
  const about = isProbe(id)
    ? ({ level: "INFO", rule: title, hint: "This is beyond the assignment." } as const)
    : requirement(id);
  const { level, rule, hint } = about;
  return { id, level, role, title, rule, hint, again, ...facts };
}
