// The report of one run: its conclusion, the findings, and how many of each verdict there are.

import {
  formatRerunCommand,
  isSelected,
  REQUIREMENTS,
  type Result,
  type SuiteConfig,
  type SuiteOptions,
  type Verdict,
  WAIVERS,
} from "../../../conformance/index.ts";
import type { Sandbox, SuiteRun } from "../run/run.ts";
import { type Finding, makeFindings, LEVELS, missingResult } from "./finding.ts";

/** The exit status of each conclusion. */
export const STATUS = { conformant: 0, "not conformant": 1, inconclusive: 2 } as const;
export type Conclusion = keyof typeof STATUS;

/** How many rules of a level have each verdict. */
export type Counts = Record<Finding["level"], Record<Verdict, number>>;

export interface Report {
  readonly request: SuiteOptions;
  readonly when: Date;
  readonly seconds: number;
  readonly conclusion: Conclusion;
  /** The conclusion's reason in a sentence. */
  readonly sentence: string;
  readonly findings: readonly Finding[];
  readonly counts: Counts;
  /** The result whose slowest wait came closest to its limit. */
  readonly slowest: Result | undefined;
  readonly sandbox: Sandbox | undefined;
  /** The last messages of the process that ran the suite, if results are missing. */
  readonly log: string;
}

export function makeReport(
  config: Pick<SuiteConfig, "options" | "program">,
  run: SuiteRun,
  when = new Date(),
): Report {
  const { options: request } = config;
  const missing = missingResults(config, run);
  const results = [...run.results, ...missing];
  const found = makeFindings(results);
  const [conclusion, sentence] = conclude(found, run.cut, request.strict);
  const log = (missing.length > 0 && run.log) || "";
  const { seconds, sandbox } = run;
  const about = { request, when, seconds, sandbox, conclusion, sentence, log };
  return { ...about, findings: found, counts: countVerdicts(found), slowest: slowestOf(results) };
}

/** A run that was cut short has no result for some of the selected rules. */
function missingResults(
  config: Pick<SuiteConfig, "options" | "program">,
  { results, cut }: SuiteRun,
): Result[] {
  const known = new Set(results.map(({ id }) => id));
  const reason = cut ?? "the suite has no result for it";
  return REQUIREMENTS.filter(({ id }) => isSelected(id, config.options.only))
    .filter(({ id }) => !known.has(id) && !(id in WAIVERS))
    .map(({ id }) => missingResult(id, reason))
    .map((one) => ({ ...one, again: formatRerunCommand(one, config) }));
}

/** Only a MUST decides, and a SHOULD with --strict. A rule that is not applicable counts neither as passed nor as failed. */
function conclude(
  all: readonly Finding[],
  cut: string | undefined,
  strict = false,
): [Conclusion, string] {
  const levels = strict ? "MUST and SHOULD" : "MUST";
  const deciding = all.filter(({ level }) => levels.includes(level));
  const failed = deciding.filter(({ verdict }) => verdict === "fail");
  const open = deciding.filter(({ verdict }) => verdict === "inconclusive");
  const passed = deciding.filter(({ verdict }) => verdict === "pass").length;
  const isTested = all.some(({ verdict }) => verdict === "pass" || verdict === "fail");
  const ending = cut ? ` The run was cut short: ${cut}.` : "";
  if (failed.length > 0) {
    const share = `${failed.length} of ${passed + failed.length} ${levels} rules`;
    return ["not conformant", `Failed: ${listIds(failed)} (${share}).${ending}`];
  }
  if (!isTested) return ["inconclusive", `Nothing could be tested: ${cut ?? mainReason(all)}.`];
  if (open.length > 0) {
    const what = `not tested: ${listIds(open)} (${mainReason(open)})`;
    return ["inconclusive", `No ${levels} rule failed; ${what}.${ending}`];
  }
  if (cut) return ["inconclusive", `No ${levels} rule failed.${ending}`];
  return ["conformant", formatSuccess(passed, all, levels)];
}

function formatSuccess(passed: number, all: readonly Finding[], levels: string): string {
  const wanting = all.filter(({ level, verdict }) => level === "SHOULD" && verdict === "fail");
  const also = wanting.length > 0 ? ` SHOULD rules that fail: ${listIds(wanting)}.` : "";
  if (passed === 0) return `No ${levels} rule was selected.${also}`;
  return passed === 1
    ? `The ${levels} rule that applies passes.${also}`
    : `All ${passed} ${levels} rules that apply pass.${also}`;
}

const MOST_NAMED = 12; // ids in one sentence: the tree has them all

function listIds(some: readonly Finding[]): string {
  const ids = some.slice(0, MOST_NAMED).map(({ id }) => id);
  const more = some.length - ids.length;
  return `${ids.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** The reason that most of the results have. */
function mainReason(all: readonly Finding[]): string {
  const results = all.flatMap((one) => one.results).filter((one) => one.reason);
  const open = results.filter(({ verdict }) => verdict === "inconclusive");
  const reasons = Map.groupBy(open.length > 0 ? open : results, (one) => one.reason ?? "");
  const [most] = [...reasons].sort(([, a], [, b]) => b.length - a.length);
  return most?.[0].replace(/\.$/, "") ?? "nothing was selected";
}

function countVerdicts(all: readonly Finding[]): Counts {
  const none = { pass: 0, fail: 0, inconclusive: 0, "not-applicable": 0 };
  const counts = Object.fromEntries(LEVELS.map((level) => [level, { ...none }])) as Counts;
  for (const { level, verdict } of all) counts[level][verdict]++;
  return counts;
}

function slowestOf(all: readonly Result[]): Result | undefined {
  const share = ({ slowest }: Result): number => (slowest ? slowest.took / slowest.limit : -1);
  const [first] = all.toSorted((a, b) => share(b) - share(a));
  return first?.slowest ? first : undefined;
}
