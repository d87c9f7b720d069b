// The report of one run: the verdict, the findings, and how many of each kind there are.

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
import { type Finding, findings, LEVELS, unrecorded } from "./finding.ts";
import type { Run } from "../run/run.ts";

/** The exit status of each verdict. */
export const STATUS = { conformant: 0, "not conformant": 1, inconclusive: 2 } as const;
export type Conclusion = keyof typeof STATUS;

/** How many rules of a level came to each verdict. */
export type Counts = Record<Finding["level"], Record<Verdict, number>>;

export interface Report {
  readonly request: SuiteOptions;
  readonly when: Date;
  readonly seconds: number;
  readonly conclusion: Conclusion;
  /** The conclusion in a sentence, with its reason. */
  readonly sentence: string;
  readonly findings: readonly Finding[];
  readonly counts: Counts;
  /** The case in which the subject came closest to a limit. */
  readonly slowest: Result | undefined;
  /** What the runner itself printed last, where it lost something. */
  readonly log: string;
}

/** Concludes from the results of a run. */
export function reportOf(
  config: Pick<SuiteConfig, "options" | "program">,
  run: Run,
  when = new Date(),
): Report {
  const { options: request } = config;
  const known = new Set(run.results.map(({ id }) => id));
  const lost = REQUIREMENTS.map(({ id }) => id).filter(
    (id) => isSelected(id, request.only) && !known.has(id) && !(id in WAIVERS),
  );
  const why = run.cut ?? "the suite has no result for it";
  const missing = lost.map((id) => unrecorded(id, why));
  const all = [
    ...run.results,
    ...missing.map((one) => ({ ...one, again: formatRerunCommand(one, config) })),
  ];
  const found = findings(all);
  const [conclusion, sentence] = concluded(found, run.cut, request.strict);
  const log = (lost.length > 0 && run.log) || "";
  const about = { request, when, seconds: run.seconds, conclusion, sentence, log };
  return { ...about, findings: found, counts: counts(found), slowest: slowest(all) };
}

/** Only a MUST decides, and a SHOULD where that was asked for. What does not apply never counts for either side. */
function concluded(
  all: readonly Finding[],
  cut: string | undefined,
  strict = false,
): [Conclusion, string] {
  const deciding = strict ? "MUST and SHOULD" : "MUST";
  const musts = all.filter(({ level }) => deciding.includes(level));
  const broken = musts.filter(({ verdict }) => verdict === "fail");
  const open = musts.filter(({ verdict }) => verdict === "inconclusive");
  const judged = all.filter(({ verdict }) => verdict === "pass" || verdict === "fail");
  const met = musts.filter(({ verdict }) => verdict === "pass").length;
  const short = cut ? ` The run did not come to its end: ${cut}.` : "";
  const only = cut && judged.length === 0 ? cut : undefined;
  if (broken.length > 0) {
    const share = `${broken.length} of ${met + broken.length} ${deciding} rules`;
    return ["not conformant", `Broken: ${list(broken)} (${share}).${short}`];
  }
  if (judged.length === 0)
    return ["inconclusive", `Nothing could be judged: ${only ?? reason(all)}.`];
  if (open.length > 0 || cut) {
    const what = open.length > 0 ? `not judged: ${list(open)} (${reason(open)})` : "none is open";
    return ["inconclusive", `No ${deciding} rule was seen broken; ${what}.${short}`];
  }
  return ["conformant", praise(met, all, deciding)];
}

function praise(met: number, all: readonly Finding[], deciding: string): string {
  const wanting = all.filter(({ level, verdict }) => level === "SHOULD" && verdict === "fail");
  const musts =
    met === 1
      ? `The ${deciding} rule that applies is met`
      : `All ${met} ${deciding} rules that apply are met`;
  const first = met === 0 ? `No ${deciding} rule was asked for, and none is broken` : musts;
  return wanting.length === 0
    ? `${first}.`
    : `${first}; not met, but only SHOULD: ${list(wanting)}.`;
}

const MOST_NAMED = 12; // ids in one sentence: the rest is in the tree

function list(some: readonly Finding[]): string {
  const ids = some.slice(0, MOST_NAMED).map(({ id }) => id);
  const more = some.length - ids.length;
  return `${ids.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** The reason that most of them have. */
function reason(all: readonly Finding[]): string {
  const open = all.flatMap(({ results }) => results).filter((one) => one.reason);
  const worst = open.filter(({ verdict }) => verdict === "inconclusive");
  const grouped = Map.groupBy(worst.length > 0 ? worst : open, (one) => one.reason ?? "");
  const [most] = [...grouped].sort(([, a], [, b]) => b.length - a.length);
  return most?.[0].replace(/\.$/, "") ?? "nothing was selected";
}

function counts(all: readonly Finding[]): Counts {
  const none = { pass: 0, fail: 0, inconclusive: 0, "not-applicable": 0 };
  const table = Object.fromEntries(LEVELS.map((level) => [level, { ...none }])) as Counts;
  for (const { level, verdict } of all) table[level][verdict]++;
  return table;
}

function slowest(all: readonly Result[]): Result | undefined {
  const share = ({ slowest }: Result): number => (slowest ? slowest.took / slowest.limit : -1);
  const [first] = all.toSorted((a, b) => share(b) - share(a));
  return first?.slowest ? first : undefined;
}
