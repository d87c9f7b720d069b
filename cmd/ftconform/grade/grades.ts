// The grades of a class: a table for the terminal and a CSV file for a spreadsheet.

import { sanitizeForDisplay } from "../../../lib/text.ts";
import { formatCsv } from "./csv.ts";
import type { Paint } from "../report/paint.ts";
import type { Conclusion, Report } from "../model/report.ts";
import type { Submission } from "./submissions.ts";
import { SIGN, TINT } from "../report/summary.ts";
import { terminalWidth } from "../report/text.ts";

/** The outcome of one submission; without a report if its command line is wrong. */
export interface Grade {
  readonly submission: Submission;
  readonly conclusion: Conclusion;
  readonly sentence: string;
  readonly report?: Report;
}

const HEAD = ["name", "verdict", "MUST pass", "MUST fail", "MUST inconclusive"] as const;
const MORE = ["SHOULD pass", "SHOULD fail", "seconds", "reason", "report"] as const;

export function formatGradesCsv(grades: readonly Grade[]): string {
  return formatCsv([[...HEAD, ...MORE], ...grades.map(formatCells)]);
}

function formatCells({ submission, conclusion, sentence, report }: Grade): (string | number)[] {
  const { MUST, SHOULD } = report?.counts ?? {};
  const must = [MUST?.pass ?? "", MUST?.fail ?? "", MUST?.["inconclusive"] ?? ""];
  const should = [SHOULD?.pass ?? "", SHOULD?.fail ?? ""];
  const file = report ? `${submission.file}.html` : "";
  const about = [report?.seconds ?? "", sanitizeForDisplay(sentence), file];
  return [sanitizeForDisplay(submission.name), conclusion, ...must, ...should, ...about];
}

const NAME_WIDTH = 24; // of a name in the table: the CSV has the whole

export function formatGradesTable(grades: readonly Grade[], paint: Paint): string {
  const head = `  ${"name".padEnd(NAME_WIDTH)} ${"verdict".padEnd(15)} ${"MUST".padEnd(7)} ${"SHOULD".padEnd(7)} reason`;
  return [paint("dim", head), ...grades.map((grade) => formatLine(grade, paint))].join("\n");
}

function formatLine({ submission, conclusion, sentence, report }: Grade, paint: Paint): string {
  const name = sanitizeForDisplay(submission.name).slice(0, NAME_WIDTH).padEnd(NAME_WIDTH);
  const word = paint(TINT[conclusion], `${SIGN[conclusion]} ${name} ${conclusion.padEnd(15)}`);
  const shares = [formatShare(report, "MUST"), formatShare(report, "SHOULD")];
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
