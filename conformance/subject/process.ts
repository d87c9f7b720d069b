// A program under test: runs in its own session, is watched, and is ended with all that it started.

import type { Subprocess } from "bun";
import { show } from "../net/bytes.ts";
import { POLL } from "../spec/timeouts.ts";
import {
  readStartTime,
  HAS_PROC,
  listSocketInodes,
  listOwnListeners,
  type SocketEntry,
  listProcesses,
  SUBJECT_VARIABLE,
} from "../net/procfs.ts";
import { type Crash, describeCrash } from "./crash.ts";
import { Inconclusive } from "../spec/verdict.ts";
import type { Timeline } from "../net/timeline.ts";
import { noteSession } from "./run-directory.ts";

const OUTPUT_CAP = 256 * 1024; // a subject that prints without end must not fill our memory
/** The last one is a signal that no program can ignore. */
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

const running = new Set<SubjectProcess>();

/** Ends all subjects at once. Ctrl-C does not reach them, since each has a session of its own. */
export function killSubjects(): void {
  for (const subject of running) subject.kill("SIGKILL");
}

export interface StartOptions {
  readonly directory: string;
  readonly timeline: Timeline;
  /** What it reads on its standard input. */
  readonly input?: string;
  readonly environment?: Record<string, string>;
  /** A program that ignores a signal gets the next one after this, in ms. */
  readonly signalLimit: number;
}

export class SubjectProcess implements AsyncDisposable {
  readonly token = crypto.randomUUID();
  readonly #process: Subprocess<"pipe", "pipe", "pipe">;
  readonly #output = { stdout: "", stderr: "" };
  readonly #drained: Promise<unknown>;
  readonly #startTime: number;
  /** Its standard streams are sockets too, which are not its own. */
  readonly #stdio: ReadonlySet<string>;
  readonly #signalLimit: number;
  readonly directory: string;
  readonly timeline: Timeline;
  #wasSignalled = false;
  exited: { code: number | null; signal: string | number | null } | undefined;

  constructor(
    readonly argv: string[],
    { directory, timeline, input = "", environment = {}, signalLimit }: StartOptions,
  ) {
    this.timeline = timeline;
    this.directory = directory;
    this.#signalLimit = signalLimit;
    this.#process = this.#spawn(directory, environment);
    this.#startTime = readStartTime(this.pid);
    // By their numbers: a fast program may have opened sockets of its own already.
    this.#stdio = new Set(listSocketInodes(this.pid, ["0", "1", "2"]));
    running.add(this);
    noteSession(this.pid, true);
    timeline.mark("subject", "subject", "start", argv.join(" "));
    this.#drained = Promise.all([this.#read("stdout"), this.#read("stderr")]);
    void this.#process.exited.then(() => this.#end());
    void this.#write(input);
  }

  async #write(text: string): Promise<void> {
    const { stdin } = this.#process;
    try {
      await stdin.write(text);
      await stdin.end();
    } catch {
      // EPIPE: it has ended already, or has closed its input. No rule forbids that.
    }
  }

  #spawn(
    directory: string,
    environment: Record<string, string>,
  ): Subprocess<"pipe", "pipe", "pipe"> {
    const { PATH = "/usr/bin:/bin", HOME = directory, LANG = "C.UTF-8" } = Bun.env;
    // On a terminal Python prints at once; into a pipe it prints at its end.
    const unbuffered = { PYTHONUNBUFFERED: "1" };
    const env = {
      PATH,
      HOME,
      LANG,
      TMPDIR: directory,
      ...unbuffered,
      ...environment,
      [SUBJECT_VARIABLE]: this.token,
    };
    try {
      const pipes = { stdin: "pipe", stdout: "pipe", stderr: "pipe" } as const;
      return Bun.spawn(this.argv, { cwd: directory, env, detached: true, ...pipes });
    } catch (error) {
      throw new Inconclusive(
        `${this.argv[0] ?? "an empty command"} cannot be run: ${String(error)}`,
      );
    }
  }

  async #read(stream: "stdout" | "stderr"): Promise<void> {
    for await (const piece of this.#process[stream]) {
      const room = OUTPUT_CAP - this.#output[stream].length;
      this.#output[stream] += Buffer.from(piece).toString("latin1").slice(0, room);
      this.timeline.markData("subject", "subject", stream, piece);
    }
  }

  #end(): void {
    const { exitCode: code, signalCode: signal } = this.#process;
    this.exited = { code, signal };
    this.timeline.mark("subject", "subject", "exit", this.ending);
  }

  /** How it ended, for a message. */
  get ending(): string {
    if (!this.exited) return "still running";
    const { code, signal } = this.exited;
    return signal ? `ended by ${signal}` : `exit status ${code}`;
  }

  get output(): string {
    return this.#output.stdout + this.#output.stderr;
  }

  get stdout(): string {
    return this.#output.stdout;
  }

  /** What it printed last, for a message. */
  get words(): string {
    const text = this.output.trim();
    return text === "" ? "it printed nothing" : `it printed ${show(text.slice(-400), 400)}`;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get processes(): number[] {
    const { pid: leader, token, directory } = this;
    return listProcesses({ leader, token, since: this.#startTime, directory });
  }

  get listeners(): SocketEntry[] {
    return listOwnListeners(this.processes, this.#stdio);
  }

  get ports(): number[] {
    return [...new Set(this.listeners.map(({ port }) => port))];
  }

  /** Waits for its end, and for the rest of what it printed. */
  async waitForExit(limit: number): Promise<boolean> {
    if (!(await this.timeline.waitUntil(() => this.exited !== undefined, limit))) return false;
    // A process that it left behind may keep the pipes open: do not wait for long.
    await Promise.race([this.#drained, Bun.sleep(POLL * 10)]);
    return true;
  }

  /** How it ended although the suite did not end it, or the error that its runtime printed. */
  get crash(): Crash | undefined {
    if (this.#wasSignalled) return undefined;
    return describeCrash(this.output, this.exited && { ...this.exited, words: this.ending });
  }

  kill(signal: StopSignal): void {
    this.#wasSignalled = true;
    if (!this.exited) this.timeline.mark("subject", "suite", "signal", signal);
    // Each process gets it once: a second SIGINT may mean something else.
    for (const target of HAS_PROC ? this.processes : [-this.pid]) {
      try {
        process.kill(target, signal);
      } catch {
        // It has ended already.
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const signal of STOP_SIGNALS) {
      if (this.processes.length === 0) break;
      this.kill(signal);
      const end = performance.now() + this.#signalLimit;
      await this.waitForExit(this.#signalLimit);
      while (this.processes.length > 0 && performance.now() < end) await Bun.sleep(2 * POLL);
    }
    running.delete(this);
    noteSession(this.pid, false);
  }
}
