// What ftconform does with its options: grades a class, learns a dialect, or tests one pair of programs.

import {
  configFromOptions,
  type Result,
  type SuiteConfig,
  type SuiteOptions,
} from "../../../conformance/index.ts";
import { formatError, Failure } from "../../../lib/errors.ts";
import { type Arguments, usageFailure } from "../../cli/arguments.ts";
import { printMessage, STDERR, STDOUT } from "../../cli/terminal.ts";
import { makeReport, STATUS } from "../model/report.ts";
import { chooseConfig } from "./choose-config.ts";
import { choosePaint } from "../report/paint.ts";
import { formatTree } from "../report/tree.ts";
import { formatForOutput, readDestinations, writeReports } from "../report/write-reports.ts";
import { checkDirectories } from "./check-directories.ts";
import { listOwnPaths } from "../grade/own-files.ts";
import { chooseSandbox } from "./choose-sandbox.ts";
import { addRunner, PROGRAM, suiteOptions } from "./options.ts";
import { Progress } from "./progress.ts";
import { runWithin, type SuiteRun } from "./run.ts";
import { reportLosses, showOutput } from "./show.ts";

/** A whole run at a timeout scale of one, in ms: only a program that is slow at everything takes longer. */
const RUN_LIMIT = 1_800_000;
const MINUTE = 60_000; // ms

export function runCommand(given: Arguments, signal: AbortSignal): Promise<number> {
  return run(given, signal).catch((error: unknown) => {
    // An error of ours says nothing about the subject; status 1 would.
    throw error instanceof Failure && error.exit === STATUS["inconclusive"]
      ? error
      : new Failure("usage", formatError(error));
  });
}

async function run(given: Arguments, signal: AbortSignal): Promise<number> {
  const options = suiteOptions(given);
  checkDirectories();
  if (given.text("grade") !== undefined) {
    const { gradeClass } = await import("../grade/class.ts");
    return await gradeClass(given, options, signal);
  }
  if (given.flag("merge")) {
    const { mergeClass } = await import("../grade/class.ts");
    return await mergeClass(given);
  }
  for (const option of ["out", "jobs", "time-limit", "points", "shard", "build"])
    if (given.text(option) !== undefined) throw usageFailure(`--${option} is for --grade.`);
  if (given.flag("resume")) throw usageFailure("--resume is for --grade.");
  if (given.rest.length > 0) throw usageFailure("Directories are for --merge.");
  if (given.flag("learn")) {
    const { inferDialect } = await import("./infer-dialect.ts");
    return await inferDialect(options, signal);
  }
  return await testPrograms(given, addRunner(options, given.text("runner")), signal);
}

async function testPrograms(
  given: Arguments,
  options: SuiteOptions,
  signal: AbortSignal,
): Promise<number> {
  const destinations = readDestinations(given);
  const asked = await configFromOptions(options, PROGRAM);
  const isSealed = chooseSandbox(given, "none") === "bwrap";
  if (isSealed && options.trace)
    throw usageFailure("--trace goes without --sandbox bwrap: strace cannot see into the sandbox.");
  if (isSealed && given.text("save-dialect") !== undefined)
    throw usageFailure("--save-dialect goes without --sandbox bwrap.");
  const config = isSealed ? asked : await chooseConfig(asked, given, signal);
  // The generated runs go on in two turns at the most: one for each attempt of a case.
  const generating = 2 * config.generation.minutes * MINUTE;
  const limit = RUN_LIMIT * config.timeouts.scale + generating;
  const tested = await runAndCount(config, limit, signal, isSealed);
  const report = makeReport(config, tested);
  // The files come first: whoever reads standard output may close it, or may never read on.
  const losses = writeReports(report, destinations);
  const output = formatForOutput(report, destinations);
  const tree = formatTree(report, choosePaint(output === undefined ? STDOUT : STDERR));
  if (output !== undefined) printMessage(tree);
  reportLosses([...losses, ...(await showOutput(output ?? tree))]);
  return STATUS[report.conclusion];
}

async function runAndCount(
  config: SuiteConfig,
  limit: number,
  signal: AbortSignal,
  isSealed: boolean,
): Promise<SuiteRun> {
  using progress = new Progress(config);
  const onResult = (result: Result): void => progress.update(result);
  if (!isSealed) return await runWithin(config, { limit, signal, onResult });
  const { options, directory } = config;
  const own = listOwnPaths(options, undefined, { directory, classDirectory: directory });
  const { runSubmission } = await import("../grade/run-submission.ts");
  return await runSubmission(
    { options, program: PROGRAM, directory, own: own.map((at) => ({ at, copy: at })) },
    { limit, signal, onResult },
  );
}
