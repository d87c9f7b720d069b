// A finding: the verdict of a rule, from all of its cases.

import {
  isProbe,
  requirement,
  type Result,
  stepOf,
  type Verdict,
} from "../../../conformance/index.ts";

export interface Finding {
  readonly id: string;
  /** INFO for what is beyond the assignment. */
  readonly level: Result["level"];
  readonly rule: string;
  /** 1 to 9; `BEYOND` for what no step asks for. */
  readonly step: number;
  readonly verdict: Verdict;
  readonly results: readonly Result[];
}

export const LEVELS = ["MUST", "SHOULD", "MAY", "INFO"] as const;
/** The name of a level for people. */
export const LEVEL_NAME = { MUST: "MUST", SHOULD: "SHOULD", MAY: "MAY", INFO: "beyond" } as const;

/** The titles of the nine steps, and of what no step asks for. */
export const STEPS: Readonly<Record<number, string>> = {
  1: "The server starts",
  2: "The server waits for a client",
  3: "The client starts",
  4: "The control connection P",
  5: "The server waits for the command",
  6: "The client sends a command",
  7: "The command is carried out",
  8: "The client closes P and ends",
  9: "The server goes on",
  10: "Beyond the assignment",
};
export const BEYOND = 10;

// If the cases of a rule differ, the first of these verdicts counts: one case that fails is enough.
const GRAVITY: readonly Verdict[] = ["fail", "inconclusive", "pass", "not-applicable"];

/** The findings of a run, in the order of the steps. */
export function makeFindings(results: readonly Result[]): Finding[] {
  const byId = Map.groupBy(results, ({ id }) => id);
  return [...byId].map(([id, cases]) => finding(id, cases)).sort(byOrder);
}

function finding(id: string, results: readonly Result[]): Finding {
  const [{ level, rule } = { level: "INFO", rule: "" } as const] = results;
  const verdict =
    GRAVITY.find((one) => results.some((each) => each.verdict === one)) ?? "inconclusive";
  return { id, level, rule, step: isProbe(id) ? BEYOND : stepOf(id), verdict, results };
}

/** Stands for the result of a selected rule that the suite has no result for. */
export function missingResult(id: string, reason: string): Result {
  const { level, role, rule, hint } = requirement(id);
  const about = { id, level, rule, hint, role: role === "both" ? "server" : role } as const;
  const rest = { timeline: [], retried: false, again: "" };
  return { ...about, title: rule, verdict: "inconclusive", reason, ...rest };
}

function byOrder(a: Finding, b: Finding): number {
  return a.step - b.step || rank(a.id) - rank(b.id);
}

// The assignment's rules come before the native dialect's, then by their number: S7.9, S7.10, N7.1.
function rank(id: string): number {
  return (id.startsWith("N") ? 1000 : 0) + Number(id.split(".")[1] ?? id.replace(/\D/g, ""));
}
