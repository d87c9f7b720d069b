// `ftconform --grade`: tests the submissions of a class, and prints a table.

import { type Arguments, usageFailure } from "../../cli/arguments.ts";
import { onTerminal, printMessage, STDERR } from "../../cli/terminal.ts";
import { quote, sanitizeForDisplay } from "../../../lib/text.ts";
import { gradeAll } from "./grade.ts";
import { type Grade, formatGradesTable } from "./grades.ts";
import { choosePaint } from "../report/paint.ts";
import { STATUS } from "../model/report.ts";
import { reportLosses, showOutput } from "../run/show.ts";
import { EXTRA_OPTIONS, type SuiteOptions } from "../../../conformance/index.ts";

/** For one submission, in seconds: a slow program needs two minutes, a program that hangs in every case far more. */
const TIME_LIMIT = 600;
const LONGEST_LIMIT = 86_400;
const MOST_JOBS = 64;

/** The exit status is the highest of all submissions. */
export async function gradeClass(
  given: Arguments,
  common: SuiteOptions,
  signal: AbortSignal,
): Promise<number> {
  const jobs = Math.floor(given.number("jobs", 1, MOST_JOBS, 0));
  const { all, losses } = await gradeAll({
    ...{
      file: given.required("grade"),
      out: outOf(given),
      common,
      signal,
      ignore: reportIgnored,
      done: showProgress,
    },
    limit: given.number("time-limit", 1, LONGEST_LIMIT, TIME_LIMIT) * 1000,
    ...(jobs > 0 ? { jobs } : {}),
  });
  const shown = await showOutput(`${formatGradesTable(all, choosePaint())}\n`);
  reportLosses([...losses, ...shown]);
  return Math.max(...all.map(({ conclusion }) => STATUS[conclusion]));
}

function outOf(given: Arguments): string {
  const own = ["server", "client", "dialect", "junit", "json", "html", ...EXTRA_OPTIONS];
  for (const option of own) {
    if (given.text(option) !== undefined)
      throw usageFailure(`--grade takes no --${option}: the CSV file and --out DIR say it.`);
  }
  const out = given.text("out");
  if (out === undefined) throw usageFailure("--grade needs --out DIR, for the reports.");
  return out;
}

function reportIgnored(titles: readonly string[]): void {
  if (titles.length === 0) return;
  const names = titles.map(quote).join(", ");
  printMessage(`ftconform: --grade does not use the columns ${sanitizeForDisplay(names)}.\n`);
}

function showProgress({ submission, conclusion }: Grade, finished: number, all: number): void {
  if (onTerminal(STDERR))
    printMessage(`${finished} of ${all}: ${sanitizeForDisplay(submission.name)}: ${conclusion}\n`);
}
