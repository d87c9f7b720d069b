// `ftconform --grade` and `--merge`: tests the submissions of a class, or makes the reports of its shards, and prints a table.

import { resolve } from "node:path";
import { type Arguments, usageFailure } from "../../cli/arguments.ts";
import { onTerminal, printMessage, STDERR } from "../../cli/terminal.ts";
import { formatError } from "../../../lib/errors.ts";
import { quote, sanitizeForDisplay } from "../../../lib/text.ts";
import { gradeAll, type Shard } from "./grade.ts";
import { type Grade, formatGradesTable, makeGrade } from "./grades.ts";
import { readPoints } from "./points.ts";
import { readRecords, type SubmissionRecord, tryToWrite, writeRecord } from "./record.ts";
import { readSubmissions } from "./submissions.ts";
import { writeClass, writeGrade } from "./write-grades.ts";
import { choosePaint } from "../report/paint.ts";
import { STATUS } from "../model/report.ts";
import { addRunner } from "../run/options.ts";
import { chooseSandbox } from "../run/choose-sandbox.ts";
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
  const list = given.required("grade");
  const out = outOf(given);
  if (resolve(out) === resolve(list))
    throw usageFailure("--out is the directory of the submissions: give another one.");
  const points = pointsOf(given);
  const build = given.text("build");
  const runner = given.text("runner");
  const submissions = readSubmissions(list, {
    ...{ options: common, out },
    ...(build && { build }),
  }).map((one) => ({ ...one, options: addRunner(one.options, runner) }));
  const isTable = submissions[0]?.line !== undefined;
  checkCommands(given, isTable);
  const jobs = Math.floor(given.number("jobs", 1, MOST_JOBS, 0));
  const limit = given.number("time-limit", 1, LONGEST_LIMIT, TIME_LIMIT) * 1000;
  const sealed = chooseSandbox(given, runner ? "none" : "bwrap") === "bwrap";
  const grades: Grade[] = [];
  const { losses } = await gradeAll({
    ...{ list, submissions, out, limit, shard: shardOf(given), points, common, signal, sealed },
    isResumed: given.flag("resume"),
    done(record, finished, all) {
      const grade = makeGrade(record);
      grades.push(grade);
      writeGrade(grade, out);
      showProgress(grade, finished, all);
    },
    ...(jobs > 0 ? { jobs } : {}),
  });
  return await finish(grades, out, losses);
}

/** Makes the reports of a class from the records of its shards. */
export async function mergeClass(given: Arguments): Promise<number> {
  const out = outOf(given);
  const points = given.text("points") === undefined ? undefined : pointsOf(given);
  const records = given.rest.flatMap(recordsOf).map((one) => (points ? { ...one, points } : one));
  if (records.length === 0)
    throw usageFailure("--merge needs directories in which --grade wrote records.");
  const sizes = [...Map.groupBy(records, ({ of }) => of)];
  const [size] = sizes.toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
  const strangers = records.filter(({ of }) => of !== size).map((one) => one.submission.name);
  if (strangers.length > 0)
    printMessage(
      `ftconform: left out, since they are of a list of another length: ${sanitizeForDisplay(strangers.join(", "))}\n`,
    );
  // A submission that was judged twice counts as it was judged last.
  const newest = new Map<number, SubmissionRecord>();
  for (const record of records.toSorted((a, b) => (a.when < b.when ? -1 : 1)))
    if (record.of === size) newest.set(record.place, record);
  const kept = [...newest.values()];
  const losses = kept.flatMap((record) => tryToWrite(() => writeRecord(record, out)));
  return await finish(kept.map(makeGrade), out, losses);
}

function recordsOf(directory: string): SubmissionRecord[] {
  try {
    return [...readRecords(directory).values()];
  } catch (error) {
    throw usageFailure(`--merge ${quote(directory)}: ${formatError(error)}.`);
  }
}

async function finish(
  all: readonly Grade[],
  out: string,
  losses: readonly string[],
): Promise<number> {
  const grades = all.toSorted((a, b) => a.place - b.place);
  const lost = [...losses, ...writeClass(grades, out)];
  const shown = await showOutput(`${formatGradesTable(grades, choosePaint())}\n`);
  reportLosses([...lost, ...shown]);
  return Math.max(0, ...grades.map(({ conclusion }) => STATUS[conclusion]));
}

function outOf(given: Arguments): string {
  for (const option of ["junit", "json", "html"]) {
    if (given.text(option) !== undefined)
      throw usageFailure(
        `--${option} is for one program: --out says where the reports of a class go.`,
      );
  }
  const out = given.text("out");
  if (out === undefined)
    throw usageFailure("--out DIR is missing: the reports of the class go there.");
  return out;
}

/** A table has the commands itself; for folders, the command line has them. */
function checkCommands(given: Arguments, isTable: boolean): void {
  const own = ["server", "client", "dialect", "answer", "build", ...EXTRA_OPTIONS];
  const option = own.find((each) => given.text(each) !== undefined);
  if (isTable && option !== undefined)
    throw usageFailure(
      `--${option} is for a directory of folders: the CSV file has a column for it.`,
    );
  if (!isTable && given.text("server") === undefined && given.text("client") === undefined)
    throw usageFailure(
      "--grade with a directory needs --server, --client or both, for all its folders.",
    );
}

function pointsOf(given: Arguments): ReturnType<typeof readPoints> {
  try {
    return readPoints(given.text("points"));
  } catch (error) {
    throw usageFailure(`--${formatError(error)}.`);
  }
}

function shardOf(given: Arguments): Shard {
  const text = given.text("shard") ?? "1/1";
  const [index = 0, of = 0] = /^[1-9]\d{0,4}\/[1-9]\d{0,4}$/.test(text)
    ? text.split("/").map(Number)
    : [];
  if (index < 1 || index > of)
    throw usageFailure(`--shard takes a share such as 3/8, not ${quote(text)}.`);
  return { index, of };
}

function showProgress({ submission, conclusion }: Grade, finished: number, all: number): void {
  if (onTerminal(STDERR))
    printMessage(`${finished} of ${all}: ${sanitizeForDisplay(submission.name)}: ${conclusion}\n`);
}
