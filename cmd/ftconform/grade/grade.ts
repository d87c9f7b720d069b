// Tests the submissions of a class side by side: none can harm another, and each has a time limit. One submission makes one
// record, which is written at once; all reports of the class are made from the records.

import { existsSync, mkdirSync, statSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { formatError, systemCode } from "../../../lib/errors.ts";
import { quote } from "../../../lib/text.ts";
import { usageFailure } from "../../cli/arguments.ts";
import {
  configFromOptions,
  makeDirectory as makeRunDirectory,
  Pool,
  removeDirectory,
  type SuiteOptions,
} from "../../../conformance/index.ts";
import { PROGRAM } from "../run/options.ts";
import { runBuild } from "./build.ts";
import { type Copy, copyFiles } from "./copy-files.ts";
import { hashSubmission } from "./fingerprint.ts";
import { listOwnPaths } from "./own-files.ts";
import { type Points, readPoints } from "./points.ts";
import {
  readRecords,
  removeRecord,
  SCHEMA,
  type SubmissionRecord,
  tryToWrite,
  writeRecord,
} from "./record.ts";
import { runSubmission } from "./run-submission.ts";
import type { Submission } from "./submissions.ts";
import { ResourceMonitor } from "./resource-monitor.ts";

/** The share of the memory that all submissions together may use: the rest is for the machine. */
const MEMORY_SHARE = 0.6;
/** What a submission needs at least, in bytes: six of its programs at once, in a language with a large runtime. */
const MEMORY_NEED = 1024 ** 3;
/** Nearly all of the time of a submission is waiting, so that a processor judges several of them. */
const JOBS_PER_PROCESSOR = 4;
/** Cases of one submission at once: other submissions run beside it. */
const CASES_AT_ONCE = 6;

/** The share of a class that is judged here: every `of`-th submission, beginning with number `index`, from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export interface Grading {
  /** The CSV file, or the directory of folders. */
  readonly list: string;
  readonly submissions: readonly Submission[];
  readonly out: string;
  /** For each submission, in ms. */
  readonly limit: number;
  readonly jobs?: number;
  /** Whether each runs sealed by bubblewrap. */
  readonly sealed: boolean;
  readonly shard: Shard;
  /** Whether records that still hold are kept. */
  readonly isResumed: boolean;
  readonly points: Points;
  /** What holds for all of them: the timeout scale, the selection. */
  readonly common: SuiteOptions;
  readonly signal: AbortSignal;
  readonly done: (record: SubmissionRecord, finished: number, all: number) => void;
}

/** Submissions at once, if nobody says how many. */
export const chooseJobs = (): number =>
  Math.max(
    1,
    Math.min(
      JOBS_PER_PROCESSOR * availableParallelism(),
      Math.floor((totalmem() * MEMORY_SHARE) / MEMORY_NEED),
    ),
  );

export interface Graded {
  /** By their places. */
  readonly records: readonly SubmissionRecord[];
  /** A sentence for each record that could not be written: that loses no verdict. */
  readonly losses: readonly string[];
}

/** Tests the share, and writes a record of each submission as soon as it is finished. */
export async function gradeAll(grading: Grading): Promise<Graded> {
  const { submissions, shard, out } = grading;
  makeDirectory(out);
  const jobs = grading.jobs ?? chooseJobs();
  const pool = new Pool(jobs);
  using monitor = new ResourceMonitor((totalmem() * MEMORY_SHARE) / jobs);
  const share = [...submissions.entries()].filter(([at]) => at % shard.of === shard.index - 1);
  const kept = keepRecords(
    share.map(([, one]) => one),
    grading,
  );
  const losses: string[] = [];
  let finished = 0;
  const records = await Promise.all(
    share.map(([at, one]) =>
      pool.run(async () => {
        const record = await recordOne(one, at + 1, kept.get(one.file), grading, monitor);
        if (!record.isUnfinished) losses.push(...tryToWrite(() => writeRecord(record, out)));
        grading.done(record, ++finished, share.length);
        return record;
      }),
    ),
  );
  return { records, losses };
}

/** The records that still hold, if the run is resumed. The others go now: an interrupted run must not leave them. */
function keepRecords(
  share: readonly Submission[],
  grading: Grading,
): Map<string, SubmissionRecord> {
  const { isResumed, out } = grading;
  const known = existsSync(join(out, "records")) ? readRecords(out) : new Map();
  const kept = new Map<string, SubmissionRecord>();
  for (const one of share) {
    const record: SubmissionRecord | undefined = known.get(one.file);
    if (isResumed && record?.key !== undefined && record.key === hashOne(one, grading))
      kept.set(one.file, record);
    else if (record) removeRecord(one.file, out);
  }
  return kept;
}

function hashOne(one: Submission, { list, limit, common }: Grading): string | undefined {
  const options = { ...common, ...one.options };
  return hashSubmission({ ...one, options }, { classDirectory: findClassDirectory(list), limit });
}

const findClassDirectory = (list: string): string =>
  statSync(list).isDirectory() ? resolve(list) : resolve(dirname(list));

/** Where a build works: what it makes must not change what was handed in. */
function makeCopies(own: readonly string[]): { copies: Copy[] } & Disposable {
  const directory = makeRunDirectory("copy-");
  const copies = copyFiles(
    own.map((at) => ({ at, copy: at })),
    directory,
  );
  return { copies, [Symbol.dispose]: () => removeDirectory(directory) };
}

async function recordOne(
  submission: Submission,
  place: number,
  kept: SubmissionRecord | undefined,
  grading: Grading,
  monitor: ResourceMonitor,
): Promise<SubmissionRecord> {
  const { name, file, line, others } = submission;
  const { submissions, common } = grading;
  const about = {
    schema: SCHEMA,
    ...{ place, of: submissions.length },
    submission: { name, file, ...(line !== undefined && { line }), others },
    options: { ...common, ...submission.options },
    points: grading.points,
  } as const;
  const whole = { ...submission, options: about.options };
  const where = line === undefined ? "" : `line ${line}: `;
  try {
    if (submission.problem !== undefined) throw new Error(submission.problem);
    const points = submission.points ? readPoints(submission.points) : grading.points;
    if (kept) return { ...kept, ...about, points };
    const found = await judge(whole, grading, monitor);
    // Hashed afterwards: a build, and some interpreters, write into the directory.
    const key = hashOne(submission, grading);
    const when = new Date().toISOString();
    const problem = found.problem && { problem: where + found.problem };
    return { ...about, points, when, ...found, ...problem, ...(key && { key }) };
  } catch (error) {
    return { ...about, when: new Date().toISOString(), problem: where + formatError(error) };
  }
}

type Found = Pick<SubmissionRecord, "run" | "problem" | "buildLog" | "isUnfinished">;
const UNFINISHED: Found = {
  problem: "the run was ended by a signal before there was a verdict; --resume goes on",
  isUnfinished: true,
};

/** Throws an `Error` if the commands are wrong: then nothing is started. */
async function judge(
  { options, directory, build }: Submission,
  { list, limit, signal, sealed }: Grading,
  monitor: ResourceMonitor,
): Promise<Found> {
  if (signal.aborted) return UNFINISHED;
  await configFromOptions(options, PROGRAM, directory);
  const classDirectory = findClassDirectory(list);
  const own = sealed ? listOwnPaths(options, build, { directory, classDirectory }) : undefined;
  using made = own && build !== undefined ? makeCopies(own) : undefined;
  const built =
    build === undefined
      ? undefined
      : await runBuild(build, { directory, limit, signal, ...(made && { copies: made.copies }) });
  if (signal.aborted) return UNFINISHED;
  const buildLog = built && { buildLog: built.log };
  if (built?.problem !== undefined) return { ...buildLog, problem: built.problem };
  const run = await runSubmission(
    {
      ...{ options: { ...options, jobs: CASES_AT_ONCE }, program: PROGRAM, directory },
      ...(own && { own: made?.copies ?? own.map((at) => ({ at, copy: at })) }),
    },
    { limit, signal, guard: (place, top, stop) => monitor.add(place, top, stop) },
  );
  return signal.aborted && run.cut !== undefined ? UNFINISHED : { ...buildLog, run };
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw usageFailure(`--out ${quote(path)} cannot be made (${systemCode(error)}).`);
  }
}
