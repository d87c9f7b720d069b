// `ftconform --grade`: reads what is asked for a whole class, and prints its table.

import { type Arguments, usageFailure } from "../../cli/arguments.ts";
import { printOutput } from "../../cli/terminal.ts";
import { onTerminal, printMessage, STDERR } from "../../cli/terminal.ts";
import { sanitizeForDisplay } from "../../../lib/text.ts";
import { grade } from "./grade.ts";
import { type Grade, formatGradesTable } from "./grades.ts";
import { paintFor } from "../report/paint.ts";
import { STATUS } from "../model/report.ts";
import { EXTRAS, type Request } from "../run/request.ts";

/** For one submission, in seconds: a slow but sane one needs two minutes, one that hangs everywhere far more. */
const TIME_LIMIT = 600;
const LONGEST_LIMIT = 86_400;
const MOST_JOBS = 64;

/** Judges them all; the status is that of the gravest verdict, and 2 where one has none. */
export async function gradeClass(
  given: Arguments,
  common: Request,
  signal: AbortSignal,
): Promise<number> {
  const jobs = Math.floor(given.number("jobs", 1, MOST_JOBS, 0));
  const marks = await grade({
    ...{ file: given.required("grade"), out: outOf(given), common, signal, done },
    limit: given.number("time-limit", 1, LONGEST_LIMIT, TIME_LIMIT) * 1000,
    ...(jobs > 0 ? { jobs } : {}),
  });
  if (signal.aborted) return STATUS["no verdict"];
  await printOutput(`${formatGradesTable(marks, paintFor())}\n`);
  return Math.max(...marks.map(({ conclusion }) => STATUS[conclusion]));
}

function outOf(given: Arguments): string {
  const own = ["server", "client", "dialect", "junit", "json", "html", ...Object.keys(EXTRAS)];
  for (const option of own) {
    if (given.text(option) !== undefined)
      throw usageFailure(`--grade takes no --${option}: the CSV file and --out DIR say it.`);
  }
  const out = given.text("out");
  if (out === undefined) throw usageFailure("--grade needs --out DIR, for the reports.");
  return out;
}

/** Who waits for forty of them wants to see that it goes on. */
function done({ submission, conclusion }: Grade, finished: number, all: number): void {
  if (onTerminal(STDERR))
    printMessage(`${finished} of ${all}: ${sanitizeForDisplay(submission.name)}: ${conclusion}\n`);
}
