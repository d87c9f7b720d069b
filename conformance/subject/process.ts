// A program under test: started alone in its session, watched, and ended with all that it started.

import type { Subprocess } from "bun";
import { show } from "../net/bytes.ts";
import { POLL, SIGNAL_LIMIT } from "../spec/timeouts.ts";
import {
  readStartTime,
  HAS_PROC,
  listSocketInodes,
  listListeningPorts,
  listProcesses,
  SUBJECT_VARIABLE,
} from "../net/procfs.ts";
import { findStackTrace } from "./stack-trace.ts";
import { Inconclusive } from "../spec/verdict.ts";
import type { Timeline } from "../net/timeline.ts";

const OUTPUT_CAP = 256 * 1024; // a subject that floods its screen must not fill our memory
/** Ends with a signal that nobody can ignore. */
const STOP_TABLE = ["SIGINT", "SIGTERM", "SIGKILL"] as const;
export type StopSignal = (typeof STOP_TABLE)[number];

const running = new Set<SubjectProcess>();
// Ctrl-C reaches us and not the subjects, which have sessions of their own.
for (const [signal, status] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, () => {
    for (const program of running) program.kill("SIGKILL");
    process.exit(status);
  });
}

export class SubjectProcess implements AsyncDisposable {
  readonly token = crypto.randomUUID();
  readonly #process: Subprocess<"pipe", "pipe", "pipe">;
  readonly #output = { stdout: "", stderr: "" };
  readonly #drained: Promise<unknown>;
  readonly #birth: number;
  /** Its standard streams are sockets too, but ours. */
  readonly #stdio: ReadonlySet<string>;
  #told = false;
  exited: { code: number | null; signal: string | number | null } | undefined;

  constructor(
    readonly argv: string[],
    cwd: string,
    readonly timeline: Timeline,
    answer: string,
    environment: Record<string, string> = {},
  ) {
    this.#process = this.#spawn(cwd, environment);
    this.#birth = readStartTime(this.pid);
    // By number: a fast program has its own sockets open already.
    this.#stdio = new Set(listSocketInodes(this.pid, ["0", "1", "2"]));
    running.add(this);
    timeline.mark("subject", "subject", "start", argv.join(" "));
    this.#drained = Promise.all([this.#read("stdout"), this.#read("stderr")]);
    void this.#process.exited.then(() => this.#end());
    void this.#answer(answer);
  }

  /** A program that has ended already, or has closed its input, does not hear it. */
  async #answer(text: string): Promise<void> {
    const { stdin } = this.#process;
    try {
      await stdin.write(text);
      await stdin.end();
    } catch {
      // EPIPE: whether it had to listen is for the rules to say.
    }
  }

  #spawn(cwd: string, more: Record<string, string>): Subprocess<"pipe", "pipe", "pipe"> {
    const { PATH = "/usr/bin:/bin", HOME = cwd, LANG = "C.UTF-8" } = Bun.env;
    // On a terminal Python keeps nothing back that it prints; into a pipe it would, until its end.
    const screen = { PYTHONUNBUFFERED: "1" };
    const env = {
      PATH,
      HOME,
      LANG,
      TMPDIR: cwd,
      ...screen,
      ...more,
      [SUBJECT_VARIABLE]: this.token,
    };
    try {
      const pipes = { stdin: "pipe", stdout: "pipe", stderr: "pipe" } as const;
      return Bun.spawn(this.argv, { cwd, env, detached: true, ...pipes });
    } catch (error) {
      throw new Inconclusive(
        `${this.argv[0] ?? "an empty command"} cannot be run: ${String(error)}`,
      );
    }
  }

  async #read(from: "stdout" | "stderr"): Promise<void> {
    for await (const piece of this.#process[from]) {
      const room = OUTPUT_CAP - this.#output[from].length;
      this.#output[from] += Buffer.from(piece).toString("latin1").slice(0, room);
      this.timeline.markData("subject", "subject", from, piece);
    }
  }

  #end(): void {
    const { exitCode: code, signalCode: signal } = this.#process;
    this.exited = { code, signal };
    this.timeline.mark("subject", "subject", "exit", this.ending);
  }

  /** How it ended, in words. */
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

  /** What it said last, for a message. */
  get words(): string {
    const said = this.output.trim();
    return said === "" ? "it printed nothing" : `it printed ${show(said.slice(-400), 400)}`;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get processes(): number[] {
    return listProcesses(this.pid, this.token, this.#birth);
  }

  get ports(): number[] {
    return listListeningPorts(this.processes, this.#stdio);
  }

  /** Waits for its end, and for the rest of what it printed. */
  async waitForExit(limit: number): Promise<boolean> {
    if (!(await this.timeline.waitUntil(() => this.exited !== undefined, limit))) return false;
    // A child that it left behind may hold the pipes open: no reason to wait for long.
    await Promise.race([this.#drained, Bun.sleep(POLL * 10)]);
    return true;
  }

  /** Why it ended, where nobody told it to, or what its runtime printed instead of an end; nothing while all is well. */
  get crash(): string | undefined {
    if (this.#told) return undefined;
    const said = findStackTrace(this.output);
    return this.exited ? `${this.ending}${said ? `, ${said}` : ""}` : said;
  }

  kill(signal: StopSignal): void {
    this.#told = true;
    if (!this.exited) this.timeline.mark("subject", "suite", "signal", signal);
    // Each process once: a second SIGINT may mean something else than the first.
    for (const target of HAS_PROC ? this.processes : [-this.pid]) {
      try {
        process.kill(target, signal);
      } catch {
        // It is gone already, which is what was wanted.
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const signal of STOP_TABLE) {
      if (this.processes.length === 0) break;
      this.kill(signal);
      const end = performance.now() + SIGNAL_LIMIT;
      await this.waitForExit(SIGNAL_LIMIT);
      while (this.processes.length > 0 && performance.now() < end) await Bun.sleep(2 * POLL);
    }
    running.delete(this);
  }
}
