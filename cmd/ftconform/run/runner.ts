// `bun test conformance` as a process group of its own, with an end that is sure.

import { join, resolve } from "node:path";
import { address } from "../../../conformance/subject/command-line.ts";
import type { Request } from "./request.ts";
import type { Limits } from "./run.ts";
import { killLeftovers } from "../grade/kill-leftovers.ts";

const REPOSITORY = resolve(import.meta.dir, "../../..");
/** What is kept of the runner's own words, in characters: its end tells why it failed. */
const LOG_KEPT = 16_384;
/** Time for the runner to end its subjects when it is told to stop, in ms: it kills them without asking. */
const STOP_PATIENCE = 2_000;
/** Workers side by side, each with a few subjects: nearly all of their time goes in waiting. */
const WORKERS = 4;
/** The runner's statuses: all passed, and some did not. Any other one means that it broke down. */
const ORDERLY = [0, 1];

export class Runner {
  readonly #process;
  readonly #logs: Promise<string[]>;
  readonly #stopped = Promise.withResolvers<void>();
  #why: string | undefined;

  constructor(
    request: Request,
    private readonly directory: string,
    limits: Limits,
  ) {
    this.#process = Bun.spawn([...(limits.wrapper ?? []), ...command(request, limits)], {
      cwd: REPOSITORY,
      env: environment(request, directory, limits),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#logs = Promise.all([tail(this.#process.stdout), tail(this.#process.stderr)]);
  }

  /** Ends it before its time; the first reason counts. `at once` is for who must not get time to do more harm. */
  stop(why: string, how: "gently" | "at once" = "gently"): void {
    this.#why ??= `it was ended by ${why}`;
    if (how === "at once") this.#signal("SIGKILL");
    this.#stopped.resolve();
  }

  /** Resolves when it has ended, and all that it started with it. */
  async ended(): Promise<{ cut: string | undefined; log: string }> {
    await Promise.race([this.#process.exited, this.#stopped.promise]);
    if (this.#why) await this.#kill();
    await killLeftovers(this.directory);
    const given = Bun.sleep(STOP_PATIENCE).then(() => []);
    const log = (await Promise.race([this.#logs, given])).join("\n");
    return { cut: this.#why ?? this.#collapse(), log };
  }

  #collapse(): string | undefined {
    const { exitCode, signalCode } = this.#process;
    if (signalCode) return `the runner was ended by ${signalCode}`;
    return ORDERLY.includes(exitCode ?? 0) ? undefined : `the runner ended with status ${exitCode}`;
  }

  async #kill(): Promise<void> {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      if (!this.#signal(signal)) return;
      await Promise.race([this.#process.exited, Bun.sleep(STOP_PATIENCE)]);
    }
  }

  /** Whether there was anyone left to signal. */
  #signal(signal: NodeJS.Signals): boolean {
    try {
      return process.kill(-this.#process.pid, signal);
    } catch {
      return false; // the group has gone, which was wanted
    }
  }
}

/** A running server named as host:port may serve one client at a time: then nothing runs side by side. */
function command(request: Request, { workers = WORKERS }: Limits): string[] {
  const parallel = isAlone(request) ? [] : [`--parallel=${workers}`];
  return [process.execPath, "test", ...parallel, "conformance"];
}

const isAlone = ({ server = "", dialect }: Request): boolean =>
  address(server) !== undefined || (dialect !== undefined && !server.includes("{port}"));

/** FT_ variables of the caller mean other runs, but for those that no option stands for. */
function environment(request: Request, directory: string, { slots }: Limits): NodeJS.Dict<string> {
  const inherited = Object.entries(Bun.env).filter(([key]) => !/^FT_|^CI$|^NODE_ENV$/.test(key));
  const { server, client, dialect, only, patience, answer, strict } = request;
  const asked = {
    FT_SERVER: server,
    FT_CLIENT: client,
    ...request.extras,
    FT_DIALECT: dialect,
    FT_ONLY: only,
    FT_PATIENCE: patience?.toString(),
    FT_JOBS: slots?.toString() ?? Bun.env["FT_JOBS"],
    FT_ANSWER: answer?.replaceAll("\\n", "\n") ?? Bun.env["FT_ANSWER"],
    FT_STRICT: strict ? "1" : Bun.env["FT_STRICT"],
    FT_RESULTS: join(directory, "results"),
    // All that the subjects get is in here, and their environment names it: see sweep.ts.
    TMPDIR: join(directory, "work"),
  };
  return { ...Object.fromEntries(inherited), ...asked };
}

/** Reads to the end whatever is printed, and keeps the last of it. */
async function tail(stream: ReadableStream<Uint8Array>): Promise<string> {
  let kept = "";
  const decoder = new TextDecoder();
  for await (const piece of stream)
    kept = (kept + decoder.decode(piece, { stream: true })).slice(-LOG_KEPT);
  return kept;
}
