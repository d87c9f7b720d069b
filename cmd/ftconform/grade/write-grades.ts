// The files of a class, all made from grades: those of each submission, the tables, and the overview.

import { join } from "node:path";
import { formatPage } from "../html/page.ts";
import { formatJson } from "../report/json.ts";
import { formatJunit } from "../report/junit.ts";
import { formatClassFile } from "./class-file.ts";
import { formatClassPage } from "./class-page.ts";
import { formatAnnotations, formatClassSummary, formatSummary } from "./github.ts";
import { type Grade, formatGradesCsv } from "./grades.ts";
import { formatGradescope } from "./gradescope.ts";
import { tryToWrite, writeWhole } from "./record.ts";

/** The reports of one submission. Returns a sentence for each file that could not be written. */
export function writeGrade(grade: Grade, out: string): string[] {
  const { report, submission, buildLog, isUnfinished } = grade;
  if (isUnfinished) return [];
  const { file, name } = submission;
  return writeAll(out, {
    [`gradescope/${file}/results.json`]: () => formatGradescope(grade),
    [`github/${file}.md`]: () => formatSummary(grade),
    ...(buildLog !== undefined && { [`builds/${file}.log`]: () => buildLog }),
    ...(report && {
      [`${file}.html`]: () => formatPage(report, name),
      [`${file}.json`]: () => formatJson(report),
      [`junit/${file}.xml`]: () => formatJunit(report),
    }),
  });
}

/**
 * All files, after the last submission has ended. The reports are written once more: without a sandbox a submission could
 * have changed the reports of those that ended before it.
 */
export function writeClass(grades: readonly Grade[], out: string): string[] {
  return [
    ...grades.flatMap((grade) => writeGrade(grade, out)),
    ...writeAll(out, {
      "marks.csv": () => formatGradesCsv(grades),
      "class.json": () => formatClassFile(grades),
      "index.html": () => formatClassPage(grades),
      "github/summary.md": () => formatClassSummary(grades),
      "github/annotations.txt": () => formatAnnotations(grades),
    }),
  ];
}

const writeAll = (out: string, files: Record<string, () => string>): string[] =>
  Object.entries(files).flatMap(([path, format]) =>
    tryToWrite(() => writeWhole(join(out, path), format())),
  );
