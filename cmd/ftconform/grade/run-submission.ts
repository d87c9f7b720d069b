// Tests one submission in a sandboxed process, which sends each result as soon as it has it.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  isolateNetwork,
  makeDirectory,
  noteSession,
  removeDirectory,
  type Result,
  type SuiteOptions,
} from "../../../conformance/index.ts";
import { INTERRUPTED, type SuiteRun, secondsSince, timeLimit } from "../run/run.ts";
import { getProgramCommand } from "../../cli/program-command.ts";
import { TEST_SUBMISSION } from "./child-argument.ts";
import type { Copy } from "./copy-files.ts";
import { killLeftovers } from "./kill-leftovers.ts";
import { sandboxCommand } from "./sandbox.ts";
import { makeKey, verifyLine } from "./signed-line.ts";

/** A result with a timeline of some thousand events; a longer line was made to do harm. */
const LONGEST_LINE = 8 * 1024 * 1024;
/** What is kept of the process's own messages, in characters: the last ones say why it failed. */
const LOG_KEPT = 16_384;
/** Time to end after SIGTERM, and to read what is left in the pipes, in ms. */
const STOP_LIMIT = 2_000;

export interface SubmissionRequest {
  readonly options: SuiteOptions;
  /** What the commands that test a rule again call. */
  readonly program: string;
  /** Where relative paths start. */
  readonly directory: string;
  /** The files of the submission, if it runs sealed by bubblewrap: it then sees copies of these, and no other files of anybody. */
  readonly own?: readonly Copy[];
}

/** What the process that tests it reads on its standard input. */
export interface SubmissionTest extends SubmissionRequest {
  /** It signs its results with this, since a submission may write to the same pipe. */
  readonly key: string;
}

export interface SubmissionLimits {
  /** In ms. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Somebody who may stop the run, and is told in which directory it works and which process is above all others. */
  readonly guard?: (directory: string, pid: number, stop: (why: string) => void) => Disposable;
  readonly onResult?: (result: Result) => void;
}

/** When this resolves, nothing is left of the processes and files. */
export async function runSubmission(
  test: SubmissionRequest,
  { limit, signal, guard, onResult }: SubmissionLimits,
): Promise<SuiteRun> {
  const directory = makeDirectory("ftconform-");
  const begun = performance.now();
  try {
    const child = new SubmissionProcess(test, directory, onResult);
    const timer = setTimeout(() => child.stop(timeLimit(limit)), limit);
    const interrupt = (): void => child.stop(INTERRUPTED);
    signal.addEventListener("abort", interrupt);
    const stop = (why: string): void => child.stop(`it was ended by ${why}`, "SIGKILL");
    using _ = guard?.(directory, child.pid, stop);
    if (signal.aborted) interrupt();
    try {
      const ended = await child.waitForEnd();
      const sandbox = test.own === undefined ? "none" : "bwrap";
      return { ...ended, sandbox, seconds: secondsSince(begun) };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", interrupt);
    }
  } finally {
    await killLeftovers(directory);
    removeDirectory(directory);
  }
}

class SubmissionProcess {
  readonly #process;
  readonly #key = makeKey();
  readonly #results: Result[] = [];
  readonly #drained: Promise<unknown>;
  readonly #stopped = Promise.withResolvers<void>();
  #log = "";
  #why: string | undefined;

  constructor(
    test: SubmissionRequest,
    private readonly directory: string,
    private readonly onResult: (result: Result) => void = () => {},
  ) {
    // All files and processes of the run are under this directory, or name it in their environment.
    const isSealed = test.own !== undefined;
    const work = isSealed ? directory : join(directory, "work");
    if (!isSealed) mkdirSync(work);
    const outer = isSealed ? isolateNetwork(directory) : sandboxCommand();
    this.#process = Bun.spawn([...outer, ...getProgramCommand("ftconform"), TEST_SUBMISSION], {
      // An empty directory: Bun would run code and obey settings of the one where the submissions are.
      cwd: work,
      env: { ...Bun.env, TMPDIR: `${work}/` },
      stdio: [Buffer.from(JSON.stringify({ ...test, key: this.#key })), "pipe", "pipe"],
      detached: true,
    });
    noteSession(this.#process.pid, true);
    this.#drained = Promise.all([this.#readResults(), this.#readLog()]);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Stops the run early. If this is called twice, the first reason is reported. */
  stop(why: string, signal: NodeJS.Signals = "SIGTERM"): void {
    this.#why ??= why;
    this.#kill(signal);
    this.#stopped.resolve();
  }

  /** Waits until it and all that it started have ended. */
  async waitForEnd(): Promise<Omit<SuiteRun, "seconds">> {
    await Promise.race([this.#process.exited, this.#stopped.promise]);
    if (this.#why) {
      await Promise.race([this.#process.exited, Bun.sleep(STOP_LIMIT)]);
      this.#kill("SIGKILL");
    }
    await killLeftovers(this.directory);
    noteSession(this.#process.pid, false);
    await Promise.race([this.#drained, Bun.sleep(STOP_LIMIT)]);
    const cut = this.#why ?? this.#failure();
    return { results: this.#results, log: this.#log, ...(cut ? { cut } : {}) };
  }

  #failure(): string | undefined {
    const { exitCode, signalCode } = this.#process;
    if (signalCode) return `the process that tested it was ended by ${signalCode}`;
    return exitCode === 0 ? undefined : `the process that tested it ended with status ${exitCode}`;
  }

  #kill(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#process.pid, signal);
    } catch {
      // The group is gone, as it should be.
    }
  }

  async #readResults(): Promise<void> {
    let rest = "";
    for await (const piece of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + piece).split("\n");
      rest = (lines.pop() ?? "").slice(0, LONGEST_LINE);
      for (const line of lines) this.#keep(line);
    }
  }

  #keep(line: string): void {
    const text = line.length < LONGEST_LINE ? verifyLine(line, this.#key) : undefined;
    if (text === undefined) return;
    const result = JSON.parse(text) as Result;
    this.#results.push(result);
    this.onResult(result);
  }

  async #readLog(): Promise<void> {
    for await (const piece of this.#process.stderr.pipeThrough(new TextDecoderStream()))
      this.#log = (this.#log + piece).slice(-LOG_KEPT);
  }
}
