// Ends every process that a run left behind: its current directory or its environment names the run.

import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Rounds of search and kill: a program that forks as fast as it can is found again in the next round. */
const ROUNDS = 100;
/** Between two rounds, in ms: the kernel removes the killed processes. */
const PAUSE = 20;

/** Kills them all; resolves when none is left, or after all rounds. */
export async function killLeftovers(directory: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const left = findLeftovers(directory);
    if (left.length === 0) return;
    // All are stopped first, so that none forks while the others are killed.
    for (const signal of ["SIGSTOP", "SIGKILL"] as const) for (const pid of left) kill(pid, signal);
    await Bun.sleep(PAUSE);
  }
}

/** The processes that belong to a run's directory. */
export function findLeftovers(directory: string): number[] {
  if (!existsSync("/proc/self/environ")) return []; // no /proc: the process groups were killed, and nothing else can be known
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => pid !== process.pid && belongs(pid, directory));
}

function belongs(pid: number, directory: string): boolean {
  const environ = quietly(() => readFileSync(`/proc/${pid}/environ`, "latin1"));
  if (environ?.includes(`TMPDIR=${directory}/`)) return true;
  return quietly(() => readlinkSync(`/proc/${pid}/cwd`))?.startsWith(`${directory}/`) ?? false;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

// A process may end between any two looks at it.
function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
