// The report for programs. Its shape is `JsonReport`; a change that breaks a reader raises `schema`.

import manifest from "../../../package.json" with { type: "json" };
import type { Result, SuiteOptions } from "../../../conformance/index.ts";
import { STEPS } from "../model/finding.ts";
import { type Conclusion, type Counts, type Report, STATUS } from "../model/report.ts";
import { findRootCauses } from "../model/root-causes.ts";
import { formatFailureText } from "./tree.ts";

export interface JsonReport {
  schema: 2;
  /** The program that wrote it: `ftconform` and its version. */
  tool: string;
  /** ISO 8601, UTC. */
  when: string;
  seconds: number;
  verdict: Conclusion;
  /** The exit status of ftconform: 0, 1 or 2. */
  exit: number;
  /** The reason of the verdict in a sentence. */
  sentence: string;
  /** What to fix first, in sentences. */
  begin: string[];
  /** The command lines, dialect, selection and timeout scale, as they were given. */
  request: SuiteOptions;
  /** How many rules of a level (MUST, SHOULD, MAY, INFO) have the verdict `pass`, `fail`, `inconclusive` or `not-applicable`. */
  counts: Counts;
  /** The slowest answer, in ms, and its limit. */
  slowest?: { id: string; what: string; took: number; limit: number };
  rules: JsonRule[];
}

export interface JsonRule {
  id: string;
  level: Result["level"];
  /** 1 to 9; 10 for what is beyond the assignment. */
  step: number;
  title: string;
  rule: string;
  verdict: Result["verdict"];
  /** Every case of the rule, with its timeline; `text` is the whole explanation of a failure. */
  cases: (Result & { text?: string })[];
}

export function formatJson(report: Report): string {
  const { when, seconds, conclusion, sentence, request, counts, slowest, findings, sandbox } =
    report;
  const about = {
    seconds,
    ...(sandbox && { sandbox }),
    verdict: conclusion,
    exit: STATUS[conclusion],
    sentence,
    begin: findRootCauses(report),
    request,
    counts,
  };
  const slow = slowest?.slowest ? { slowest: { id: slowest.id, ...slowest.slowest } } : {};
  const tool = `ftconform ${manifest.version}`;
  const rules = findings.map(({ id, level, step, rule, verdict, results }): JsonRule => ({
    ...{ id, level, step, title: STEPS[step] ?? "", rule, verdict },
    cases: results.map((one) =>
      one.verdict === "fail" ? { ...one, text: formatFailureText(one) } : { ...one },
    ),
  }));
  const whole: JsonReport = { schema: 2, tool, when: when.toISOString(), ...about, ...slow, rules };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
