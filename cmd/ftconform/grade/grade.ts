// Tests the submissions of a class side by side: none can harm another, and each has a time limit.

import { mkdirSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { dirname, resolve } from "node:path";
import { formatError, systemCode } from "../../../lib/errors.ts";
import { quote } from "../../../lib/text.ts";
import { usageFailure } from "../../cli/arguments.ts";
import { configFromOptions, Pool, type SuiteOptions } from "../../../conformance/index.ts";
import type { Grade } from "./grades.ts";
import { makeReport } from "../model/report.ts";
import { PROGRAM } from "../run/options.ts";
import { runSubmission } from "./run-submission.ts";
import { readSubmissions, type Submission } from "./submissions.ts";
import { ResourceMonitor } from "./resource-monitor.ts";
import { writeClass, writeGrade } from "./write-grades.ts";

/** The share of the memory that all submissions together may use: the rest is for the machine. */
const MEMORY_SHARE = 0.6;
/** Cases of one submission at once: other submissions run beside it. */
const CASES_AT_ONCE = 6;

export interface Grading {
  /** The CSV file; its relative paths are relative to where it lies. */
  readonly file: string;
  readonly out: string;
  /** For each submission, in ms. */
  readonly limit: number;
  readonly jobs?: number;
  /** What holds for all of them: the timeout scale, the selection. */
  readonly common: SuiteOptions;
  readonly signal: AbortSignal;
  /** Told of the columns that mean nothing. */
  readonly ignore: (titles: readonly string[]) => void;
  readonly done: (grade: Grade, finished: number, all: number) => void;
}

export interface Grades {
  readonly all: Grade[];
  /** A sentence for each file that could not be written: that loses no verdict. */
  readonly losses: string[];
}

/** Tests all of them, and writes their reports, `marks.csv` and `index.html` into the directory. */
export async function gradeAll(grading: Grading): Promise<Grades> {
  const { submissions, ignored } = readSubmissions(grading.file);
  grading.ignore(ignored);
  makeDirectory(grading.out);
  const jobs = grading.jobs ?? availableParallelism();
  const pool = new Pool(jobs);
  using monitor = new ResourceMonitor((totalmem() * MEMORY_SHARE) / jobs);
  let finished = 0;
  const all = await Promise.all(
    submissions.map((one) =>
      pool.run(async () => {
        const result = await gradeOne(one, grading, monitor);
        writeGrade(result, grading.out);
        grading.done(result, ++finished, submissions.length);
        return result;
      }),
    ),
  );
  return { all, losses: writeClass(all, grading.out) };
}

async function gradeOne(
  submission: Submission,
  grading: Grading,
  monitor: ResourceMonitor,
): Promise<Grade> {
  try {
    if (grading.signal.aborted) throw new Error("the run was ended by a signal before its turn");
    return await testSubmission(submission, grading, monitor);
  } catch (error) {
    const sentence = `It could not be tested: ${formatError(error)}`;
    return { submission, conclusion: "inconclusive", sentence };
  }
}

async function testSubmission(
  submission: Submission,
  { file: csv, common, limit, signal }: Grading,
  monitor: ResourceMonitor,
): Promise<Grade> {
  const { name: _, file: __, ...given } = submission;
  if (!given.server && !given.client) throw new Error("its row has neither a server nor a client.");
  const options = { ...common, ...given };
  const directory = dirname(resolve(csv));
  // Checked here, so that a wrong command line is reported before anything is started.
  const config = await configFromOptions(options, PROGRAM, directory);
  const run = await runSubmission(
    { options: { ...options, jobs: CASES_AT_ONCE }, program: PROGRAM, directory },
    { limit, signal, guard: (place, stop) => monitor.add(place, stop) },
  );
  const report = makeReport(config, run);
  return { submission, report, conclusion: report.conclusion, sentence: report.sentence };
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw usageFailure(`--out ${quote(path)} cannot be made (${systemCode(error)}).`);
  }
}
