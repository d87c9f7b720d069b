// What the tests of the programs share: a program run to its end, and a server to talk to.

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dial } from "../../lib/net/socket.ts";
import { soak, waitUntil as waitUntilWithin } from "../../lib/testing/testing.ts";
import { findFreePort } from "../cli/free-port.ts";

/** The longest that a program may run, in ms: shorter than the limit of a test, which stops nothing. */
const PROGRAM_TIMEOUT = soak(15_000, 600_000);

/** Clock ticks in a second, as /proc counts them (proc(5)). It is 100 on every Linux that these tests run on. */
const TICKS = 100;

/** The result of a program. */
export interface ProgramResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is started. */
export interface ProgramOptions {
  /** How many files it may open. By default it inherits our limit. */
  readonly descriptorLimit?: number | undefined;
  /** True if the caller ends it: then it has no time limit. */
  readonly isLasting?: boolean;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  /** Words before the command line, such as those of nsenter(1). */
  readonly prefix?: readonly string[];
}

/** Starts a program of cmd/. It inherits no variable of the test runner: they would change what consola prints. */
export function startProgram(
  program: string,
  args: readonly string[],
  { descriptorLimit, isLasting, cwd = tmpdir(), env, stdin = "", prefix = [] }: ProgramOptions = {},
) {
  const limit = `ulimit -n ${descriptorLimit}; exec "$0" "$@"`;
  const shell = descriptorLimit === undefined ? [] : ["sh", "-c", limit];
  const command = [process.execPath, join(import.meta.dir, "..", `${program}.ts`), ...args];
  return Bun.spawn([...prefix, ...shell, ...command], {
    cwd,
    env: { PATH: Bun.env["PATH"] ?? "", HOME: "/dev/null", ...env },
    stdin: new Blob([stdin]),
    stdout: "pipe",
    stderr: "pipe",
    ...(isLasting ? {} : { timeout: PROGRAM_TIMEOUT }),
  });
}

/** Runs a program of cmd/ to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<ProgramResult> {
  const child = startProgram(program, args, options);
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, stdout, stderr };
}

/** An ftserver that serves the directory `root` of a new directory. Disposing of it ends the server and removes the directory. */
export class TestServer implements AsyncDisposable {
  readonly #home = mkdtempSync(join(tmpdir(), "ftkit-cmd-"));
  readonly port = findFreePort();
  readonly log: string[] = [];
  /** How many files the server may open. */
  descriptorLimit: number | undefined;
  /** Variables of the server's environment. */
  env: Record<string, string> = {};
  /** Words before the command line of the server. */
  prefix: readonly string[] = [];
  #server: ReturnType<typeof startProgram> | undefined;

  constructor() {
    this.createDirectory("root");
  }

  /** The host and the port, as arguments of ftclient. */
  get endpoint(): string[] {
    return ["127.0.0.1", String(this.port)];
  }

  getPath(name: string): string {
    return join(this.#home, name);
  }

  createFile(name: string, content: string | Uint8Array): string {
    writeFileSync(this.getPath(name), content, { mode: 0o600 });
    return this.getPath(name);
  }

  createDirectory(name: string): string {
    mkdirSync(this.getPath(name));
    return this.getPath(name);
  }

  /** Starts the server, and waits for the first line of its log. */
  async start(...args: string[]): Promise<this> {
    const command = [String(this.port), "--root", this.getPath("root"), ...args];
    const { descriptorLimit, env, prefix } = this;
    const options = { descriptorLimit, env, prefix, isLasting: true };
    const server = startProgram("ftserver", command, options);
    this.#server = server;
    const { promise, resolve } = Promise.withResolvers<void>();
    void this.#readLog(server.stderr, resolve);
    await promise;
    return this;
  }

  get pid(): number {
    return this.#server?.pid ?? -1;
  }

  /** How many sockets and files the server has open. Its threads have other descriptors, and come when they are needed. */
  get descriptorCount(): number {
    const directory = `/proc/${this.pid}/fd`;
    return readdirSync(directory).filter((fd) => !isOfThread(`${directory}/${fd}`)).length;
  }

  /** The memory that the server uses now, in bytes. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(/^VmRSS:\s*([0-9]+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** The processor time that the server has used, in seconds. */
  get processorTime(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  }

  /** Sends a signal, and returns the exit status. */
  async stop(signal: NodeJS.Signals): Promise<number> {
    this.#server?.kill(signal);
    return (await this.#server?.exited) ?? -1;
  }

  /** What the server has printed on standard output, once it has ended. */
  async readOutput(): Promise<string> {
    return (await this.#server?.stdout.text()) ?? "";
  }

  /** Waits until the server has ended by itself, and returns its exit status. */
  async waitForEnd(): Promise<number> {
    return (await this.#server?.exited) ?? -1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #readLog(stream: ReadableStream<Uint8Array>, onFirst: () => void): Promise<void> {
    // A piece may end in the middle of a line, or of a character.
    const decoder = new TextDecoder();
    let unfinished = "";
    for await (const bytes of stream) {
      const lines = (unfinished + decoder.decode(bytes, { stream: true })).split("\n");
      unfinished = lines.pop() ?? "";
      this.log.push(...lines.filter(Boolean));
      if (lines.length > 0) onFirst();
    }
    if (unfinished !== "") this.log.push(unfinished);
    onFirst();
  }
}

/** Waits until `condition` holds, or throws. `event` says what did not happen. */
export async function waitUntil(condition: () => boolean, event: string): Promise<void> {
  await waitUntilWithin(condition, event, PROGRAM_TIMEOUT);
}

/** Waits until a program that was started otherwise than by `TestServer` accepts connections, or throws. */
export async function waitUntilListening(port: number): Promise<void> {
  for (const end = performance.now() + PROGRAM_TIMEOUT; performance.now() < end;) {
    const connection = await dial({ address: "127.0.0.1", port }, PROGRAM_TIMEOUT).catch(() => {});
    if (connection) return connection.close();
    await Bun.sleep(20);
  }
  throw new Error(`no program listens on port ${port}`);
}

/** The workers of the ftserver on this port, without their parent. */
export function findWorkers(port: number): number[] {
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  return pids.filter((pid) => isWorker(pid, port)).map(Number);
}

function isWorker(pid: string, port: number): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return command.includes(String(port)) && environment.includes("FTKIT_WORKER=");
  } catch {
    return false;
  }
}

/** True for a descriptor that only wakes a thread, and for one that was closed meanwhile. */
function isOfThread(path: string): boolean {
  try {
    return readlinkSync(path).startsWith("anon_inode:");
  } catch {
    return true;
  }
}
