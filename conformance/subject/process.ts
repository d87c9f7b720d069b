// A program under test: runs in its own session, is watched, and is ended with all that it started.

import type { Subprocess } from "bun";
import { closeSync } from "node:fs";
import { showText } from "../net/bytes.ts";
import { POLL } from "../spec/timeouts.ts";
import {
  readStartTime,
  HAS_PROC,
  listSocketInodes,
  listListeningPorts,
  listProcesses,
  SUBJECT_VARIABLE,
} from "../net/procfs.ts";
import { type Crash, describeCrash, findStackTrace } from "./crash.ts";
import { openTerminal } from "./terminal.ts";
import { Inconclusive } from "../spec/verdict.ts";
import type { Timeline } from "../net/timeline.ts";
import { noteSession } from "./run-directory.ts";
import { type Seal, sealCommand } from "./sandbox.ts";
import type { Strace } from "./strace.ts";
import { type Ending, listWrappers, readStatus } from "./wrapper.ts";

const OUTPUT_CAP = 256 * 1024; // a subject that prints without end must not fill our memory
/** Of its last words, in a message. */
const WORDS_SHOWN = 400;
/** The last one is a signal that no program can ignore. */
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** Turns of the event loop in which the suite reads what has arrived: the first may be over already. */
const READING_TURNS = 2;
type Subject = Subprocess<"pipe", number | "pipe", "pipe">;
interface Screen {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

const running = new Set<SubjectProcess>();

/** Why a program could not be started, and what to do. */
function explainSpawn(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reasons: Record<string, string> = {
    ENOENT: "there is no such program: check its name, or build it first",
    EACCES: "it is not executable: use chmod +x, or put its interpreter before it",
    ENOEXEC: "it is no program for this machine: build it, or put its interpreter before it",
  };
  return reasons[code] ?? String(error);
}

/** Ends all subjects at once. Ctrl-C does not reach them, since each has a session of its own. */
export function killSubjects(): void {
  for (const subject of running) subject.killAll();
}

export interface StartOptions {
  readonly directory: string;
  readonly timeline: Timeline;
  /** What it reads on its standard input, before the end of it. Without it, the input stays open and empty. */
  readonly input?: string;
  readonly environment?: Record<string, string>;
  /** A program that ignores a signal gets the next one after this, in ms. */
  readonly signalLimit: number;
  /** Runs it in a sandbox, where it can write only to `writable`. */
  readonly sandbox?: { readonly seal: Seal; readonly writable: readonly string[] };
  /** Records its system calls. */
  readonly strace?: Strace;
}

export class SubjectProcess implements AsyncDisposable {
  readonly token = crypto.randomUUID();
  readonly #process: Subject;
  /** Its screen, as the suite reads it: a terminal, or a pipe on a system without terminals. */
  readonly #screen: Screen;
  readonly #output = { stdout: "", stderr: "" };
  readonly #drained: Promise<unknown>;
  readonly #startTime: number;
  /** Its standard streams are sockets too, which are not its own. */
  readonly #stdio: ReadonlySet<string>;
  readonly #signalLimit: number;
  readonly directory: string;
  readonly timeline: Timeline;
  #master: number | undefined;
  #wasSignalled = false;
  exited: Ending | undefined;
  readonly #sandbox: StartOptions["sandbox"];
  readonly #strace: StartOptions["strace"];

  constructor(
    readonly argv: string[],
    { directory, timeline, input, environment = {}, signalLimit, sandbox, strace }: StartOptions,
  ) {
    this.timeline = timeline;
    this.directory = directory;
    this.#signalLimit = signalLimit;
    this.#sandbox = sandbox;
    this.#strace = strace;
    [this.#process, this.#screen] = this.#start(directory, environment);
    noteSession(this.pid, true);
    this.#startTime = readStartTime(this.pid);
    // By their numbers: a fast program may have opened sockets of its own already.
    this.#stdio = new Set(listSocketInodes(this.pid, ["0", "1", "2"]));
    running.add(this);
    strace?.watch(this.pid);
    timeline.mark("subject", "subject", "start", argv.join(" "));
    this.#drained = Promise.all([this.#readScreen(), this.#readErrors()]);
    void this.#waitForEnd().then((ending) => this.#end(ending));
    if (input !== undefined) void this.#write(input);
  }

  /** Its standard output is a terminal, as for a user; what it prints there is read from the other end. */
  #start(directory: string, environment: Record<string, string>): [Subject, Screen] {
    const terminal = openTerminal();
    try {
      const subject = this.#spawn(directory, environment, terminal?.slave ?? "pipe");
      const stream = terminal ? Bun.file(terminal.master).stream() : subject.stdout;
      if (!(stream instanceof ReadableStream)) throw new Error("the program has no output");
      if (terminal) this.#master = terminal.master;
      return [subject, stream.getReader()];
    } finally {
      if (terminal) closeSync(terminal.slave);
      if (terminal && this.#master === undefined) closeSync(terminal.master);
    }
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

  #spawn(directory: string, environment: Record<string, string>, stdout: number | "pipe"): Subject {
    const { PATH = "/usr/bin:/bin", HOME = directory, LANG = "C.UTF-8" } = Bun.env;
    // A program that colours its text on a terminal would be searched in vain for its words.
    const plain = { NO_COLOR: "1", TERM: "dumb" };
    // Without a terminal, Python prints at its end. At SIGABRT and SIGSEGV it prints where it is.
    const unbuffered = { PYTHONUNBUFFERED: "1", PYTHONFAULTHANDLER: "1" };
    const env = {
      PATH,
      HOME,
      LANG,
      TMPDIR: directory,
      ...plain,
      ...unbuffered,
      ...environment,
      [SUBJECT_VARIABLE]: this.token,
    };
    try {
      const streams = ["pipe", stdout, "pipe", ...(this.#sandbox ? (["pipe"] as const) : [])];
      const stdio = streams as ["pipe", number | "pipe", "pipe", ..."pipe"[]];
      const line = this.#strace?.wrap(this.argv) ?? this.#seal(directory, env);
      const options = { cwd: directory, detached: true, stdio };
      return Bun.spawn(line, { ...options, env: this.#strace?.addVariables(env) ?? env });
    } catch (error) {
      throw new Inconclusive(
        `${this.argv[0] ?? "an empty command"} cannot be run: ${explainSpawn(error)}`,
      );
    }
  }

  /** The command line to start. Throws if there is no such program. */
  #seal(directory: string, environment: { PATH: string }): string[] {
    const { argv } = this;
    if (!this.#sandbox) return argv;
    const { PATH: path } = environment;
    if (!Bun.which(argv[0] ?? "", { PATH: path }))
      throw Object.assign(new Error(argv[0]), { code: "ENOENT" });
    const { seal, writable } = this.#sandbox;
    return sealCommand(argv, seal, { directory, writable, path });
  }

  /** The end of a sealed program is not that of its sandbox, which goes on while other processes of the program are left. */
  async #waitForEnd(): Promise<Ending> {
    const status = this.#process.stdio[3];
    const ending = typeof status === "number" ? await readStatus(status) : undefined;
    if (ending) return ending;
    await this.#process.exited;
    return { code: this.#process.exitCode, signal: this.#process.signalCode };
  }

  async #readScreen(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#screen.read();
        if (done || !value) return;
        this.#keep("stdout", value);
      }
    } catch {
      // EIO: the last process with this terminal has ended.
    }
  }

  async #readErrors(): Promise<void> {
    for await (const piece of this.#process.stderr) this.#keep("stderr", piece);
  }

  #keep(stream: "stdout" | "stderr", piece: Uint8Array): void {
    const room = OUTPUT_CAP - this.#output[stream].length;
    this.#output[stream] += Buffer.from(piece).toString("latin1").slice(0, room);
    this.timeline.markData("subject", "subject", stream, piece);
  }

  /** What it did before its end is read first: its sockets and its output are readable by then. */
  async #end(ending: Ending): Promise<void> {
    // A process that it left behind may keep the output open: do not wait for long.
    await Promise.race([this.#drained, Bun.sleep(POLL)]);
    for (let turn = 0; turn < READING_TURNS; turn++) await new Promise(setImmediate);
    this.exited = ending;
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

  /** Whether it still runs, and what it printed last, for a message. */
  get words(): string {
    return this.exited
      ? `it printed ${this.lastWords}`
      : `it still runs, and printed ${this.lastWords}`;
  }

  /** What it printed last. */
  get lastWords(): string {
    const text = this.output.trim();
    return text === "" ? "nothing" : showText(Buffer.from(text, "latin1"), WORDS_SHOWN);
  }

  get pid(): number {
    return this.#process.pid;
  }

  get processes(): number[] {
    const { pid: leader, token, directory } = this;
    const all = listProcesses({ leader, token, since: this.#startTime, directory });
    if (this.#strace) return this.#strace.leaveOut(all, leader);
    if (!this.#sandbox) return all;
    const wrappers = listWrappers(leader, all);
    return all.filter((each) => !wrappers.has(each));
  }

  get ports(): number[] {
    return listListeningPorts(this.processes, this.#stdio);
  }

  /** The process that listens on the port: of several, the one that is older than the others. */
  findListener(port: number): number | undefined {
    const listening = this.processes.filter((pid) =>
      listListeningPorts([pid], this.#stdio).includes(port),
    );
    return listening.toSorted(
      (one, other) => readStartTime(one) - readStartTime(other) || one - other,
    )[0];
  }

  /** Waits for its end, and for the rest of what it printed. */
  async waitForExit(limit: number): Promise<boolean> {
    if (!(await this.timeline.waitUntil(() => this.exited !== undefined, limit))) return false;
    // A process that it left behind may keep the pipes open: do not wait for long.
    await Promise.race([this.#drained, Bun.sleep(POLL * 10)]);
    return true;
  }

  /** A signal that the suite did not send has ended it, or it has printed a stack trace. */
  get isBroken(): boolean {
    return this.crash?.signal !== undefined || findStackTrace(this.output) !== undefined;
  }

  /** How it ended although the suite did not end it, or the error that its runtime printed. */
  get crash(): Crash | undefined {
    if (this.#wasSignalled) return undefined;
    const words = findStackTrace(this.output)
      ? this.ending
      : `${this.ending}; it printed ${this.lastWords}`;
    return describeCrash(this.output, this.exited && { ...this.exited, words });
  }

  /** Sends a signal to all processes of the subject, as Ctrl-C does, or to these alone. */
  kill(signal: StopSignal, only?: readonly number[]): void {
    this.#wasSignalled = true;
    const which = only ? ` to process ${only.join(", ")} alone` : "";
    if (!this.exited) this.timeline.mark("subject", "suite", "signal", `${signal}${which}`);
    // Each process gets it once: a second SIGINT may mean something else.
    for (const target of only ?? (HAS_PROC ? this.processes : [-this.pid])) {
      try {
        process.kill(target, signal);
      } catch {
        // It has ended already.
      }
    }
  }

  /** Ends it at once, with its sandbox. */
  killAll(): void {
    this.kill("SIGKILL");
    if (this.#sandbox) this.#process.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const signal of STOP_SIGNALS) {
      if (this.processes.length === 0) break;
      this.kill(signal);
      const end = performance.now() + this.#signalLimit;
      await this.waitForExit(this.#signalLimit);
      while (this.processes.length > 0 && performance.now() < end) await Bun.sleep(2 * POLL);
    }
    if (this.#sandbox) await this.#endSandbox();
    running.delete(this);
    noteSession(this.pid, false);
    await this.#closeStreams();
  }

  /** All that is left inside ends with it. */
  async #endSandbox(): Promise<void> {
    this.#process.kill("SIGKILL");
    await Promise.race([this.#process.exited, Bun.sleep(this.#signalLimit)]);
  }

  async #closeStreams(): Promise<void> {
    void Promise.resolve(this.#process.stdin.end()).catch(() => {}); // EPIPE: nobody reads it any more
    if (this.#master === undefined) return;
    await this.#screen.cancel().catch(() => {});
    closeSync(this.#master);
    this.#master = undefined;
  }
}
