// What the tests of the programs share: a program run to its end, and a server to talk to.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { soak } from "../../lib/testing/testing.ts";
import { freePort } from "../cli/free-port.ts";

/** Longer than any program here may run, in ms, and shorter than the limit of a test. */
const PATIENCE = soak(15_000, 600_000);

/** How often a condition is looked at, in ms. */
const POLL = 10;

/** Clock ticks in a second, as /proc counts them (proc(5)); Linux has no other number on the machines that this runs on. */
const TICKS = 100;

/** What a program left behind. */
export interface ProgramResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what a program runs. */
export interface ProgramOptions {
  /** How many files it may open; as many as we, where nothing is said. */
  readonly descriptors?: number | undefined;
  /** True for one that whoever started it will end. */
  readonly lasting?: boolean;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
}

/** The environment of a program: nothing of the test runner's, which would change what consola prints. */
function environment(more: Record<string, string> = {}): Record<string, string> {
  return { PATH: Bun.env["PATH"] ?? "", HOME: "/dev/null", ...more };
}

/** Starts a program of cmd/. */
export function start(program: string, args: readonly string[], around: ProgramOptions = {}) {
  const { descriptors } = around;
  const limited =
    descriptors === undefined ? [] : ["sh", "-c", `ulimit -n ${descriptors}; exec "$0" "$@"`];
  const command = [process.execPath, join(import.meta.dir, "..", `${program}.ts`), ...args];
  return Bun.spawn([...limited, ...command], {
    cwd: around.cwd ?? tmpdir(),
    env: environment(around.env),
    stdin: new Blob([around.stdin ?? ""]),
    stdout: "pipe",
    stderr: "pipe",
    ...(around.lasting ? {} : { timeout: PATIENCE }),
  });
}

/** Runs a program of cmd/ to its end. */
export async function run(
  program: string,
  args: readonly string[],
  around?: ProgramOptions,
): Promise<ProgramResult> {
  const child = start(program, args, around);
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, stdout, stderr };
}

/** An ftserver over a fresh directory, and another fresh directory to fetch into. Disposing of it ends and removes all. */
export class Site implements AsyncDisposable {
  readonly #home = mkdtempSync(join(tmpdir(), "ftkit-cmd-"));
  readonly port = freePort();
  readonly log: string[] = [];
  /** How many files the server may open. */
  descriptorLimit: number | undefined;
  #server: ReturnType<typeof start> | undefined;

  get target(): string[] {
    return ["127.0.0.1", String(this.port)];
  }

  at(name: string): string {
    return join(this.#home, name);
  }

  file(name: string, content: string | Uint8Array): string {
    writeFileSync(this.at(name), content, { mode: 0o600 });
    return this.at(name);
  }

  /** Starts the server on the directory `root` in here, and waits for its first line. */
  async serve(...args: string[]): Promise<this> {
    const command = [String(this.port), "--root", this.at("root"), ...args];
    const server = start("ftserver", command, {
      descriptors: this.descriptorLimit,
      lasting: true,
    });
    this.#server = server;
    const first = Promise.withResolvers<void>();
    void this.#read(server.stderr, first.resolve);
    await first.promise;
    return this;
  }

  get pid(): number {
    return this.#server?.pid ?? -1;
  }

  /** How many descriptors the server has open. */
  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** The server's memory that is in use now, in bytes. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(/^VmRSS:\s*([0-9]+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** The processor time that the server has used, in seconds. */
  get processor(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<number> {
    this.#server?.kill(signal);
    return (await this.#server?.exited) ?? -1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #read(stream: ReadableStream<Uint8Array>, first: () => void): Promise<void> {
    for await (const bytes of stream) {
      this.log.push(...Buffer.from(bytes).toString().split("\n").filter(Boolean));
      first();
    }
    first();
  }
}

/** Waits until `condition` holds, or throws. */
export async function waitUntil(
  condition: () => boolean,
  what: string,
  ms = PATIENCE,
): Promise<void> {
  for (const end = performance.now() + ms; !condition(); await Bun.sleep(POLL)) {
    if (performance.now() > end) throw new Error(`${what} did not happen within ${ms} ms`);
  }
}
