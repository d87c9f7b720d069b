// A run made up for the tests: every verdict and level, and text that tries to break out of where it stands.

import { type Moment, requirement, type Result } from "../../../conformance/index.ts";
import type { SuiteRun } from "../run/run.ts";

/** What a subject may send to a teacher's screen: markup, XML's end, ANSI, a title for the terminal, bidi. */
export const HOSTILE =
  "<script>alert(1)</script>\"'&]]>\u001b[31mred\u001b]0;title\u0007\u202egnp\u0000\u009b2J\r\uFFFE";

/** What must be nowhere in a report. */
export const LIVE = /<script>alert|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\uFFFE]/;

/** Bytes that no step of the dialect accounts for. */
export const STRANGE = 'the dialect does not explain "\\x00\\x07" on Q';

export const TIMELINE: Moment[] = [
  { at: 2, track: "subject", actor: "subject", kind: "start", text: `./ftserver ${HOSTILE}` },
  { at: 40, track: "subject", actor: "subject", kind: "stdout", text: HOSTILE, bytes: 90 },
  { at: 50, track: "P", actor: "suite", kind: "SYN", text: "to 127.0.0.1:30021, connected" },
  {
    at: 51,
    track: "P",
    actor: "suite",
    kind: "data",
    text: '"-g missing.txt 30020\\n"',
    bytes: 21,
  },
  { at: 60, track: "Q", actor: "subject", kind: "SYN", text: "from 127.0.0.1:4711 to 30020" },
  { at: 61, track: "Q", actor: "subject", kind: "data", text: '"File not found"', bytes: 14 },
  { at: 62, track: "Q", actor: "subject", kind: "FIN", text: "" },
  { at: 63, track: "P", actor: "subject", kind: "RST", text: "" },
  { at: 80, track: "subject", actor: "suite", kind: "signal", text: "SIGINT" },
  { at: 95, track: "subject", actor: "subject", kind: "exit", text: "exit status 0" },
];

/** A result of a rule, with what its sentence says. */
export function sample(id: string, facts: Partial<Result> = {}): Result {
  const about = id.startsWith("B")
    ? ({ id, level: "INFO", rule: "beyond", hint: "none" } as const)
    : requirement(id);
  const role = "role" in about && about.role === "client" ? "client" : "server";
  const rest = {
    title: `case of ${id}`,
    verdict: "pass",
    timeline: [],
    retried: false,
    again: `bun cmd/ftconform.ts --server 'x' --only ${id}`,
  } as const;
  const { level, rule, hint } = about;
  return { id, level, rule, hint, role, ...rest, ...facts } as Result;
}

const failed = {
  verdict: "fail" as const,
  expected: "an error on P",
  timeline: TIMELINE,
  judgedAt: 80,
} satisfies Partial<Result>;

export const RESULTS: readonly Result[] = [
  sample("S1.1", { slowest: { what: "its end", took: 900, limit: 5000 } }),
  sample("S2.1", { retried: true, title: `it listens ${HOSTILE}` }),
  sample("S7.5", { remarks: [`the dialect does not explain "150 ok" on P ${HOSTILE}`] }),
  sample("S7.10", {
    verdict: "inconclusive",
    dependsOn: ["S7.6"],
    reason: `Cannot be tested until S7.6 works: ${HOSTILE}`,
  }),
  sample("S7.19", { ...failed, title: HOSTILE, observed: HOSTILE, decisive: 7, retried: true }),
  sample("S7.20", {
    ...failed,
    title: "a missing file",
    observed: '"File not found" on Q',
    decisive: 5,
    remarks: [STRANGE],
  }),
  sample("S7.22", { ...failed, title: "a path", observed: "nothing came" }),
  sample("S8.1", { verdict: "not-applicable", reason: "no client was given" }),
  sample("S8.2", { verdict: "not-applicable", reason: "no client was given" }),
  sample("B1", { ...failed, title: "names made to do harm", observed: "it answered" }),
];

export const REQUEST = { server: `./ftserver {port} ${HOSTILE}`, only: "S1.1,S2.1,S7.5,S8.1,B1" };

export const RUN: SuiteRun = { results: [...RESULTS], seconds: 1.5, log: "" };
