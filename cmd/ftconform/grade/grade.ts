// Judges the submissions of a class side by side: none can harm another, and each has its time limit.

import { quote } from "../../../lib/text.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { formatError, systemCode } from "../../../lib/errors.ts";
import { usageFailure } from "../../cli/arguments.ts";
import { Pool } from "../../../conformance/net/pool.ts";
import { sandboxCommand } from "./sandbox.ts";
import { formatClassPage } from "./class-page.ts";
import { formatJson } from "../report/json.ts";
import { type Grade, formatGradesCsv } from "./grades.ts";
import { formatPage } from "../html/page.ts";
import { reportOf } from "../model/report.ts";
import { checkRequest, type Request } from "../run/request.ts";
import { runSuite } from "../run/run.ts";
import { readSubmissions, type Submission } from "./submissions.ts";
import { ResourceMonitor } from "./resource-monitor.ts";

/** What all submissions together may take of the memory: the rest is for the machine. */
const MEMORY_SHARE = 0.6;
/** Subjects of one submission at a time: the next submission is running beside it. */
const WORKERS = 2;
const SLOTS = 3;

export interface Grading {
  /** The CSV file; its relative paths are relative to where it lies. */
  readonly file: string;
  readonly out: string;
  /** For each submission, in ms. */
  readonly limit: number;
  readonly jobs?: number;
  /** What holds for all of them: patience, only. */
  readonly common: Request;
  readonly signal: AbortSignal;
  readonly done: (mark: Grade, finished: number, all: number) => void;
}

/** Judges all of them, and writes their reports, `marks.csv` and `index.html` into the directory. */
export async function grade(grading: Grading): Promise<Grade[]> {
  const submissions = readSubmissions(grading.file);
  directory(grading.out);
  const jobs = grading.jobs ?? availableParallelism();
  const pool = new Pool(jobs);
  using watch = new ResourceMonitor((totalmem() * MEMORY_SHARE) / jobs);
  let finished = 0;
  const marks = await Promise.all(
    submissions.map((one) =>
      pool.run(async () => {
        const mark = await judged(one, grading, watch);
        grading.done(mark, ++finished, submissions.length);
        return mark;
      }),
    ),
  );
  if (grading.signal.aborted) return marks;
  writeFileSync(join(grading.out, "marks.csv"), formatGradesCsv(marks));
  writeFileSync(join(grading.out, "index.html"), formatClassPage(marks));
  return marks;
}

async function judged(
  submission: Submission,
  grading: Grading,
  watch: ResourceMonitor,
): Promise<Grade> {
  try {
    const { name: _, file: __, ...given } = submission;
    const request = await checkRequest(
      { ...grading.common, ...given },
      dirname(resolve(grading.file)),
    );
    return await examined(submission, request, grading, watch);
  } catch (error) {
    const sentence = `It could not be judged: ${formatError(error)}`;
    return { submission, conclusion: "no verdict", sentence };
  }
}

async function examined(
  submission: Submission,
  request: Request,
  { limit, signal, out }: Grading,
  watch: ResourceMonitor,
): Promise<Grade> {
  const run = await runSuite(request, {
    ...{ limit, signal, workers: WORKERS, slots: SLOTS, wrapper: sandboxCommand() },
    guard: (directory, stop) => watch.add(directory, stop),
  });
  const report = reportOf(request, run);
  writeFileSync(join(out, `${submission.file}.html`), formatPage(report, submission.name));
  writeFileSync(join(out, `${submission.file}.json`), formatJson(report));
  return { submission, report, conclusion: report.conclusion, sentence: report.sentence };
}

function directory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw usageFailure(`--out ${quote(path)} cannot be made (${systemCode(error)}).`);
  }
}
