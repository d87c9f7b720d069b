// One run of the suite in a directory of its own, from which every case leaves a record; nothing else stays.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Result } from "../../../conformance/runner/result.ts";
import type { Request } from "./request.ts";
import { Runner } from "./runner.ts";
import { killLeftovers } from "../grade/kill-leftovers.ts";

/** Between two looks at how many records there are, in ms: for a person who watches. */
const LOOK = 250;
/** A record with a timeline of some thousand events; what is larger was made to do harm. */
const RECORD_LIMIT = 8 * 1024 * 1024;

export interface Limits {
  /** The whole run may take this long, in ms. */
  readonly limit: number;
  readonly signal?: AbortSignal;
  /** Put before the command, to confine it. */
  readonly wrapper?: readonly string[];
  /** How many test files are worked on at once, and how many subjects in each. */
  readonly workers?: number;
  readonly slots?: number;
  readonly progress?: (done: number) => void;
  /** Somebody else who may stop the run, told in which directory it works. */
  readonly guard?: (directory: string, stop: (why: string) => void) => Disposable;
}

export interface Run {
  readonly results: Result[];
  /** Why it did not come to its end, if it did not. */
  readonly cut?: string;
  readonly seconds: number;
  /** The last that the runner itself printed. */
  readonly log: string;
}

/** Runs the suite on a checked request. Whatever was started is gone when this resolves, and so are its files. */
export async function runSuite(request: Request, limits: Limits): Promise<Run> {
  const directory = mkdtempSync(join(tmpdir(), "ftconform-"));
  const begun = performance.now();
  try {
    for (const name of ["results", "work"]) mkdirSync(join(directory, name));
    const { cut, log } = await watched(request, directory, limits);
    const seconds = Math.round((performance.now() - begun) / 100) / 10;
    return { results: records(join(directory, "results")), seconds, log, ...(cut ? { cut } : {}) };
  } finally {
    await killLeftovers(directory);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Every way to end a run leads to one place: the limit, the signal, the guard, or its own end. */
async function watched(
  request: Request,
  directory: string,
  limits: Limits,
): Promise<{ cut: string | undefined; log: string }> {
  const { limit, signal, progress, guard } = limits;
  const runner = new Runner(request, directory, limits);
  const timer = setTimeout(() => runner.stop(`the time limit of ${limit / 1000} s`), limit);
  const looking = setInterval(
    () => progress?.(readdirSync(join(directory, "results")).length),
    LOOK,
  );
  const interrupted = (): void => runner.stop("a signal");
  signal?.addEventListener("abort", interrupted);
  using _ = guard?.(directory, (why) => runner.stop(why, "at once"));
  if (signal?.aborted) interrupted();
  try {
    return await runner.ended();
  } finally {
    clearTimeout(timer);
    clearInterval(looking);
    signal?.removeEventListener("abort", interrupted);
  }
}

function records(directory: string): Result[] {
  const paths = readdirSync(directory)
    .sort()
    .map((name) => join(directory, name));
  return paths.filter((path) => statSync(path).size <= RECORD_LIMIT).flatMap(record);
}

// A run that was cut short may have left half a record: it is as if it had never been written.
function record(path: string): Result[] {
  try {
    return [JSON.parse(readFileSync(path, "utf8")) as Result];
  } catch {
    return [];
  }
}
