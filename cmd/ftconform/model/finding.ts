// A finding: what all the cases of one rule say together.

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
/** How a level is called where people read. */
export const LEVEL_NAME = { MUST: "MUST", SHOULD: "SHOULD", MAY: "MAY", INFO: "beyond" } as const;

/** The nine steps in a few words, and what no step asks for. */
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

// What is said of a rule where its cases differ: one that is broken in one of them is broken.
const GRAVITY: readonly Verdict[] = ["fail", "inconclusive", "pass", "not-applicable"];

/** The findings of a run, in the order of the steps. */
export function findings(results: readonly Result[]): Finding[] {
  const byId = Map.groupBy(results, ({ id }) => id);
  return [...byId].map(([id, cases]) => finding(id, cases)).sort(byOrder);
}

function finding(id: string, results: readonly Result[]): Finding {
  const [{ level, rule } = { level: "INFO", rule: "" } as const] = results;
  const verdict =
    GRAVITY.find((one) => results.some((each) => each.verdict === one)) ?? "inconclusive";
  return { id, level, rule, step: isProbe(id) ? BEYOND : stepOf(id), verdict, results };
}

/** A rule that was asked for and of which the suite has recorded nothing: it has lost something. */
export function unrecorded(id: string, reason: string): Result {
  const { level, role, rule, hint } = requirement(id);
  const about = { id, level, rule, hint, role: role === "both" ? "server" : role } as const;
  const rest = { timeline: [], retried: false, again: "" };
  return { ...about, title: rule, verdict: "inconclusive", reason, ...rest };
}

function byOrder(a: Finding, b: Finding): number {
  return a.step - b.step || rank(a.id) - rank(b.id);
}

// The assignment's rules before the dialect's, then by their number: S7.9 before S7.10 before N7.1.
function rank(id: string): number {
  return (id.startsWith("N") ? 1000 : 0) + Number(id.split(".")[1] ?? id.replace(/\D/g, ""));
}
