// The grades of a class: a table for the terminal and a CSV file for a spreadsheet.

import { REQUIREMENTS, type Verdict } from "../../../conformance/index.ts";
import { sanitizeForDisplay } from "../../../lib/text.ts";
import { formatCsv } from "./csv.ts";
import type { Paint } from "../report/paint.ts";
import { type Conclusion, makeReport, type Report } from "../model/report.ts";
import { PROGRAM } from "../run/options.ts";
import { type Score, scoreReport } from "./points.ts";
import type { SubmissionRecord } from "./record.ts";
import { SIGN, TINT } from "../report/summary.ts";
import { terminalWidth } from "../report/text.ts";

/** What the record of a submission says. */
export interface Grade extends Pick<
  SubmissionRecord,
  "submission" | "place" | "of" | "buildLog" | "isUnfinished"
> {
  readonly conclusion: Conclusion;
  readonly sentence: string;
  /** Absent if nothing could be started. */
  readonly report?: Report;
  readonly score: Score;
}

export function makeGrade(record: SubmissionRecord): Grade {
  const { run, when, options, points, problem } = record;
  const report = run && makeReport({ options, program: PROGRAM }, run, new Date(when));
  const { conclusion, sentence } = report ?? {
    conclusion: "inconclusive" as const,
    sentence: `It could not be tested: ${problem?.replace(/\.$/, "")}.`,
  };
  return {
    ...record,
    conclusion,
    sentence,
    score: scoreReport(report, points),
    ...(report && { report }),
  };
}

const HEAD = ["name", "verdict", "MUST pass", "MUST fail", "MUST inconclusive"] as const;
const MORE = ["SHOULD pass", "SHOULD fail", "points", "of", "seconds", "reason", "report"] as const;

/** The table, then the columns of the list that mean nothing here, then a column for each rule that applies to somebody. */
export function formatGradesCsv(grades: readonly Grade[]): string {
  const others = [...new Set(grades.flatMap(({ submission }) => Object.keys(submission.others)))];
  const rules = listRules(grades);
  const head = [...HEAD, ...MORE, ...others.map(sanitizeForDisplay), ...rules];
  const rows = grades.map((grade) => [
    ...formatCells(grade),
    ...others.map((title) => sanitizeForDisplay(grade.submission.others[title] ?? "")),
    ...rules.map((id) => verdictOf(grade, id)?.replace("-", " ") ?? ""),
  ]);
  return formatCsv([head, ...rows]);
}

/** The ids of the rules that were tested, in the order of the assignment; those of the native dialect only if it binds somebody. */
export function listRules(grades: readonly Grade[]): string[] {
  const verdicts = (id: string) => grades.map((grade) => verdictOf(grade, id));
  return REQUIREMENTS.map(({ id }) => id).filter((id) =>
    verdicts(id).some((one) => one !== undefined && one !== "not-applicable"),
  );
}

export const verdictOf = ({ report }: Grade, id: string): Verdict | undefined =>
  report?.findings.find((one) => one.id === id)?.verdict;

function formatCells({
  submission,
  conclusion,
  sentence,
  report,
  score,
  isUnfinished,
}: Grade): (string | number)[] {
  const { MUST, SHOULD } = report?.counts ?? {};
  const must = [MUST?.pass ?? "", MUST?.fail ?? "", MUST?.["inconclusive"] ?? ""];
  const should = [SHOULD?.pass ?? "", SHOULD?.fail ?? ""];
  const points = [isUnfinished ? "" : score.earned, score.max];
  const file = report ? `${submission.file}.html` : "";
  const about = [report?.seconds ?? "", sanitizeForDisplay(sentence), file];
  return [sanitizeForDisplay(submission.name), conclusion, ...must, ...should, ...points, ...about];
}

const NAME_WIDTH = 24; // of a name in the table: the CSV has the whole

export function formatGradesTable(grades: readonly Grade[], paint: Paint): string {
  const head = `  ${"name".padEnd(NAME_WIDTH)} ${"verdict".padEnd(15)} ${"points".padEnd(7)} ${"MUST".padEnd(7)} ${"SHOULD".padEnd(7)} reason`;
  return [paint("dim", head), ...grades.map((grade) => formatLine(grade, paint))].join("\n");
}

function formatLine(grade: Grade, paint: Paint): string {
  const { submission, conclusion, sentence, report, score, isUnfinished } = grade;
  const name = sanitizeForDisplay(submission.name).slice(0, NAME_WIDTH).padEnd(NAME_WIDTH);
  const word = paint(TINT[conclusion], `${SIGN[conclusion]} ${name} ${conclusion.padEnd(15)}`);
  const points = isUnfinished ? "-" : String(score.earned);
  const shares = [points, formatShare(report, "MUST"), formatShare(report, "SHOULD")];
  const start = `${word} ${shares.map((one) => one.padEnd(7)).join(" ")} `;
  const room = terminalWidth() - Bun.stripANSI(start).length;
  return start + clip(sanitizeForDisplay(sentence), room);
}

function formatShare(report: Report | undefined, level: "MUST" | "SHOULD"): string {
  if (!report) return "-";
  const { pass, fail, inconclusive: open } = report.counts[level];
  return `${pass}/${pass + fail + open}`;
}

const clip = (text: string, room: number): string =>
  text.length > room ? `${text.slice(0, Math.max(room - 1, 0))}…` : text;
