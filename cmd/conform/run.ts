// One run of the suite: `bun test conformance` in a process group and a directory of its own, with an end that is sure.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Result } from "../../conformance/result.ts";
import { address } from "../../conformance/template.ts";
import type { Request } from "./request.ts";
import { sweep } from "./sweep.ts";

const REPOSITORY = resolve(import.meta.dir, "../..");
/** What is kept of the runner's own words, in characters: its end tells why it failed. */
const LOG_KEPT = 16_384;
/** Time for the runner to end its subjects when it is told to stop, in ms: it kills them without asking. */
const STOP_PATIENCE = 2_000;
/** Between two looks at how many records there are, in ms: for a person who watches. */
const LOOK = 250;
/** Workers side by side, each with a few subjects: nearly all of their time goes in waiting. */
const WORKERS = 4;

export interface Limits {
  /** The whole run may take this long, in ms. */
  readonly limit: number;
  readonly signal?: AbortSignal;
  /** Put before the command, to confine it. */
  readonly wrapper?: readonly string[];
  readonly progress?: (done: number) => void;
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
    await sweep(directory);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function watched(
  request: Request,
  directory: string,
  { limit, signal, wrapper = [], progress }: Limits,
): Promise<{ cut?: string; log: string }> {
  const stop = new AbortController();
  const runner = Bun.spawn([...wrapper, ...command(request)], {
    cwd: REPOSITORY,
    env: environment(request, directory),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const logs = Promise.all([tail(runner.stdout), tail(runner.stderr)]);
  const timer = setTimeout(() => stop.abort(`the time limit of ${limit / 1000} s`), limit);
  signal?.addEventListener("abort", () => stop.abort("a signal"), { once: true });
  const looking = setInterval(() => progress?.(count(join(directory, "results"))), LOOK);
  const aborted = Promise.withResolvers<void>();
  stop.signal.addEventListener("abort", () => aborted.resolve(), { once: true });
  if (signal?.aborted) stop.abort("a signal");
  await Promise.race([runner.exited, aborted.promise]);
  if (runner.exitCode === null) await end(runner);
  clearTimeout(timer);
  clearInterval(looking);
  await sweep(directory);
  const log = (await Promise.race([logs, Bun.sleep(STOP_PATIENCE).then(() => [])])).join("\n");
  if (stop.signal.aborted) return { cut: `it was ended by ${stop.signal.reason}`, log };
  return runner.signalCode ? { cut: `the runner was ended by ${runner.signalCode}`, log } : { log };
}

/** A running server named as host:port may serve one client at a time: then nothing runs side by side. */
function command({ server = "", dialect }: Request): string[] {
  const alone = address(server) !== undefined || (dialect && !server.includes("{port}"));
  return [process.execPath, "test", ...(alone ? [] : [`--parallel=${WORKERS}`]), "conformance"];
}

function environment(request: Request, directory: string): Record<string, string> {
  const inherited = Object.entries(Bun.env).filter(([key]) => !/^FT_|^CI$|^NODE_ENV$/.test(key));
  const asked = {
    FT_SERVER: request.server,
    FT_CLIENT: request.client,
    FT_DIALECT: request.dialect,
    FT_ONLY: request.only,
    FT_PATIENCE: request.patience,
    FT_JOBS: Bun.env["FT_JOBS"],
    FT_ANSWER: Bun.env["FT_ANSWER"],
  };
  const set = Object.entries(asked).flatMap(([key, value]) => (value ? [[key, `${value}`]] : []));
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    ...(Object.fromEntries(set) as Record<string, string>),
    FT_RESULTS: join(directory, "results"),
    // All that the subjects get is in here, and their environment names it: see sweep.ts.
    TMPDIR: join(directory, "work"),
  };
}

type Runner = { readonly pid: number; readonly exited: Promise<number> };

async function end(runner: Runner): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      process.kill(-runner.pid, signal);
    } catch {
      return; // the group has gone, which was wanted
    }
    await Promise.race([runner.exited, Bun.sleep(STOP_PATIENCE)]);
  }
}

/** Reads to the end whatever is printed, and keeps the last of it. */
async function tail(stream: ReadableStream<Uint8Array>): Promise<string> {
  let kept = "";
  const decoder = new TextDecoder();
  for await (const piece of stream)
    kept = (kept + decoder.decode(piece, { stream: true })).slice(-LOG_KEPT);
  return kept;
}

const count = (directory: string): number =>
  existsSync(directory) ? readdirSync(directory).length : 0;

function records(directory: string): Result[] {
  const files = readdirSync(directory).sort();
  return files.flatMap((file) => record(readFileSync(join(directory, file), "utf8")));
}

// A run that was cut short may have left half a record: it is as if it had never been written.
function record(text: string): Result[] {
  try {
    return [JSON.parse(text) as Result];
  } catch {
    return [];
  }
}
