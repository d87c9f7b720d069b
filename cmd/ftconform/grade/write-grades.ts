// The files of a class: a page and a JSON file for each submission, the table, and the overview.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatError, localFailure } from "../../../lib/errors.ts";
import { quote } from "../../../lib/text.ts";
import { formatPage } from "../html/page.ts";
import { formatJson } from "../report/json.ts";
import { formatClassPage } from "./class-page.ts";
import { type Grade, formatGradesCsv } from "./grades.ts";

/** The report of one submission. Returns a sentence for each file that could not be written. */
export function writeGrade({ submission, report }: Grade, out: string): string[] {
  if (!report) return [];
  const path = join(out, submission.file);
  return [
    ...writeFresh(`${path}.html`, () => formatPage(report, submission.name)),
    ...writeFresh(`${path}.json`, () => formatJson(report)),
  ];
}

/**
 * All files, after the last submission has ended. The reports are written once more: a submission runs as this user, so
 * it could have changed the reports of those that ended before it.
 */
export function writeClass(grades: readonly Grade[], out: string): string[] {
  return [
    ...grades.flatMap((grade) => writeGrade(grade, out)),
    ...writeFresh(join(out, "marks.csv"), () => formatGradesCsv(grades)),
    ...writeFresh(join(out, "index.html"), () => formatClassPage(grades)),
  ];
}

/** Writes a new file in place of what has the name: a link that somebody put there would lead elsewhere. */
function writeFresh(path: string, format: () => string): string[] {
  try {
    rmSync(path, { force: true });
    writeFileSync(path, format(), { flag: "wx" });
    return [];
  } catch (error) {
    return [formatError(localFailure(`Cannot write ${quote(path)}`, error))];
  }
}
