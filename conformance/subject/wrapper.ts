// What stands between the suite and a sealed program: how the program's end is told, and which processes are not its own.

import { closeSync } from "node:fs";
import { constants } from "node:os";
import { readParent } from "../net/procfs.ts";

export interface Ending {
  readonly code: number | null;
  readonly signal: string | number | null;
}

/** From this status on a shell means a signal (POSIX shell, 2.8.2). */
const SIGNALLED = 128;

/** Reads the status that the sandbox reports on a descriptor; undefined if the sandbox ended before the program did. */
export async function readStatus(descriptor: number): Promise<Ending | undefined> {
  let text = "";
  try {
    for await (const piece of Bun.file(descriptor).stream()) {
      text += Buffer.from(piece).toString("latin1");
      if (text.includes("\n")) break;
    }
  } catch {
    // The sandbox is gone.
  } finally {
    closeQuietly(descriptor);
  }
  const status = /^([0-9]+)\n/.exec(text)?.[1];
  return status === undefined ? undefined : explainStatus(Number(status));
}

function explainStatus(status: number): Ending {
  const names = Object.entries(constants.signals);
  const signal = names.find(([, number]) => number === status - SIGNALLED)?.[0];
  return signal === undefined ? { code: status, signal: null } : { code: null, signal };
}

function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // The stream has closed it.
  }
}

/** Of the processes of a sealed program: bubblewrap, its first process inside, and the shell that waits for the program. */
export function listWrappers(leader: number, processes: readonly number[]): Set<number> {
  const parents = new Map(processes.map((pid) => [pid, readParent(pid)]));
  const childrenOf = (pid: number | undefined): number[] =>
    processes.filter((each) => parents.get(each) === pid).sort((a, b) => a - b);
  const [inside] = childrenOf(leader);
  const [shell] = inside === undefined ? [] : childrenOf(inside);
  return new Set([leader, inside, shell].filter((pid) => pid !== undefined));
}
