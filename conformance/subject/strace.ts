// Runs a program under strace, which writes its system calls to a file of the suite.

import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readTracer } from "../net/procfs.ts";
import { PYTHON_PLACES } from "./python-places.ts";
import { makeDirectory } from "./run-directory.ts";

/** Of a longer string, strace shows the beginning, in bytes. */
const SHOWN = 300;
/** A flood of calls: from this size on nothing more is recorded, in bytes. */
const LARGEST = 8 * 1024 ** 2;
/** How often the size is looked at, in ms. */
const LOOK = 100;
/** For strace itself to write the end of a program that has ended, in ms. */
const END_LIMIT = 500;
const PROBE_LIMIT = 5_000; // ms

const CALLS = [
  ...["%network", "read", "write", "readv", "writev", "pread64", "close", "dup", "dup2", "dup3"],
  ...[
    "fcntl",
    "sendfile",
    "splice",
    "execve",
    "openat",
    "open",
    "creat",
    "fork",
    "vfork",
    "clone",
    "clone3",
  ],
  ...["wait4", "waitid", "exit_group", "rt_sigaction"],
];

/** Their frames are those of the interpreter, which tell nothing and take time. */
const INTERPRETER = /python|java|node|bun|deno|ruby|perl|php|^(ba|da)?sh$/;

let problem: string | undefined | null = null;

/** Why programs cannot be traced here, and what to do; nothing if they can. */
export function whyUntraced(): string | undefined {
  if (problem === null) problem = probe();
  return problem;
}

function probe(): string | undefined {
  if (!Bun.which("strace"))
    return "install strace to see here which system calls your program makes";
  const line = ["strace", "-DDD", "-f", "-q", "--seccomp-bpf", "-o", "/dev/null", "true"];
  const { success } = Bun.spawnSync(line, {
    stdio: ["ignore", "ignore", "ignore"],
    timeout: PROBE_LIMIT,
  });
  return success
    ? undefined
    : "strace may not trace programs here (a container or kernel.yama.ptrace_scope forbids it), so its system calls are not shown";
}

/** The system calls of one program. The program is not told where they are written. */
export class Strace implements AsyncDisposable {
  readonly #directory = makeDirectory("trace-");
  readonly #file = join(this.#directory, "calls");
  #timer: Timer | undefined;
  /** What strace wrote, as soon as this is disposed of. */
  text = "";
  readonly #tracers = new Set<number>();

  /** The line that runs the program under strace. The first process is the program itself, as it is without strace. */
  wrap(argv: readonly string[]): string[] {
    const isNative = !INTERPRETER.test(interpreterOf(argv));
    return [
      ...["strace", "-DDD", "-f", "-q", "-ttt", "-T", "-yy", "-s", `${SHOWN}`, "--seccomp-bpf"],
      ...(isNative ? ["-k"] : []),
      ...["-o", this.#file, "-e", `trace=${CALLS.join(",")}`],
      ...argv,
    ];
  }

  /** The variables for a program that is traced: Python then names the line before each call. */
  addVariables(environment: Record<string, string>): Record<string, string> {
    const { PYTHONPATH } = environment;
    writeFileSync(join(this.#directory, "sitecustomize.py"), PYTHON_PLACES);
    return {
      ...environment,
      PYTHONPATH: PYTHONPATH ? `${this.#directory}:${PYTHONPATH}` : this.#directory,
      PYTHONDONTWRITEBYTECODE: "1",
    };
  }

  /** Of the processes of the program, those that are not strace. The first one was strace at its beginning, and traced for a trial. */
  leaveOut(processes: readonly number[], leader: number): number[] {
    for (const pid of processes) this.#tracers.add(readTracer(pid));
    this.#tracers.delete(leader);
    return processes.filter((pid) => !this.#tracers.has(pid));
  }

  /** Ends the recording of a program that makes too many calls. */
  watch(pid: number): void {
    this.#timer = setInterval(() => {
      if (this.#size < LARGEST) return;
      this.#stopWatching();
      const tracer = readTracer(pid);
      if (tracer > 0) tryToKill(tracer);
    }, LOOK);
    this.#timer.unref();
  }

  get #size(): number {
    return statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }

  #stopWatching(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #read(): Promise<string> {
    this.#stopWatching();
    const end = performance.now() + END_LIMIT;
    // It is still writing while the file grows.
    for (let size = -1; size !== this.#size && performance.now() < end;) {
      size = this.#size;
      await Bun.sleep(LOOK / 5);
    }
    try {
      return readFileSync(this.#file, "latin1");
    } catch {
      return ""; // it did not begin
    }
  }

  /** Call it after the end of the program. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.text = await this.#read();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function tryToKill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL"); // the kernel lets the program go on without it
  } catch {
    // It has ended.
  }
}

/** The program's name, or that of the interpreter that its first line names. */
function interpreterOf([program = ""]: readonly string[]): string {
  const path = Bun.which(program) ?? program;
  if (INTERPRETER.test(basename(program)) || dirname(path) === ".") return basename(program);
  try {
    const [first = ""] = readFileSync(path, "latin1").slice(0, SHOWN).split("\n");
    return first.startsWith("#!") ? first : basename(path);
  } catch {
    return basename(path);
  }
}
