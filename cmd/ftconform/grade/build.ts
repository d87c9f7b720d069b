// Builds a submission before it is tested, by a command of the shell: its log is kept, and its time is limited.

import { formatError } from "../../../lib/errors.ts";
import {
  isolateNetwork,
  makeDirectory,
  noteSession,
  readStatus,
  removeDirectory,
  sealCommand,
} from "../../../conformance/index.ts";
import type { Copy } from "./copy-files.ts";
import { killLeftovers } from "./kill-leftovers.ts";
import { sandboxCommand } from "./sandbox.ts";

/** What is kept of what it prints, in characters: the last ones say why it failed. */
const LOG_KEPT = 65_536;
/** Time to read what is left in the pipe, in ms. */
const DRAIN_LIMIT = 2_000;

export interface Build {
  readonly log: string;
  /** Why the programs were not made. */
  readonly problem?: string;
}

interface BuildPlace {
  readonly directory: string;
  /** In ms. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** If it runs sealed: where it works instead. */
  readonly copies?: readonly Copy[];
}

/** Runs the command in the directory, for `limit` ms at the most. When this resolves, none of its processes is left. */
export async function runBuild(
  command: string,
  { directory, limit, signal, copies }: BuildPlace,
): Promise<Build> {
  const temporary = makeDirectory("ftconform-");
  let log = "";
  try {
    const line = ["sh", "-c", 'exec 2>&1; eval "$1"', "sh", command];
    const { PATH: path = "/usr/bin:/bin", LANG = "C.UTF-8" } = Bun.env;
    const place = { directory, writable: [temporary], path };
    const sealed = copies && [
      ...isolateNetwork(temporary),
      ...sealCommand(line, { copies }, place),
    ];
    const child = Bun.spawn(sealed ?? [...sandboxCommand(), ...line], {
      cwd: sealed ? "/" : directory,
      env: sealed
        ? { PATH: path, LANG, TMPDIR: `${temporary}/` }
        : { ...Bun.env, TMPDIR: `${temporary}/` },
      stdio: ["ignore", "pipe", "ignore", ...(sealed ? ["pipe" as const] : [])],
      detached: true,
    });
    const { stdio } = child;
    const ending = typeof stdio[3] === "number" ? readStatus(stdio[3]) : undefined;
    noteSession(child.pid, true);
    const read = async (): Promise<void> => {
      for await (const piece of child.stdout.pipeThrough(new TextDecoderStream()))
        log = (log + piece).slice(-LOG_KEPT);
    };
    const reading = read();
    const over = AbortSignal.any([AbortSignal.timeout(limit), signal]);
    const stopped = new Promise<void>((resolve) => over.addEventListener("abort", () => resolve()));
    await Promise.race([ending ?? child.exited, stopped]);
    const told = ending && (await Promise.race([ending, Bun.sleep(0)]));
    const status = told ? (told.code ?? told.signal) : (child.exitCode ?? child.signalCode);
    killGroup(child.pid);
    await killLeftovers(temporary);
    noteSession(child.pid, false);
    await Promise.race([reading, Bun.sleep(DRAIN_LIMIT)]);
    if (status === 0) return { log };
    const why = status === null ? `does not end within ${limit / 1000} s` : `ends with ${status}`;
    return { log, problem: `the build ${why}` };
  } catch (error) {
    return { log, problem: `the build cannot be started: ${formatError(error)}` };
  } finally {
    removeDirectory(temporary);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone, as it should be.
  }
}
