// Reads from /proc what processes use: descriptors, threads, children that nobody waits for, and processor time.

import { readdirSync, readFileSync } from "node:fs";
import { countOpenFiles } from "./procfs.ts";

export interface Usage {
  descriptors: number;
  /** Running processes, and zombies, which have ended and for which their parent has not waited. */
  processes: number;
  threads: number;
}

export function measureUsage(leader: number, pids: readonly number[]): Usage {
  return {
    descriptors: sum(pids.map(countOpenFiles)),
    processes: pids.length + countZombies(leader),
    threads: sum(pids.map(countThreads)),
  };
}

/** Of all numbers. */
export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((all, one) => all + one, 0);

function countThreads(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0; // it has ended
  }
}

/** The fields of /proc/PID/stat, counted from the state. */
const [STATE, SESSION, USER_TIME, SYSTEM_TIME] = [0, 3, 11, 12];

function readStat(pid: number): string[] {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function countZombies(leader: number): number {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    const stat = readStat(pid);
    return stat[STATE] === "Z" && Number(stat[SESSION]) === leader && pid !== leader;
  }).length;
}

/** The kernel counts processor time in hundredths of a second. */
const TICK = 10;

/** Milliseconds of processor time that the processes have used so far. */
export const readProcessorTime = (pids: readonly number[]): number =>
  TICK *
  sum(
    pids.map((pid) => {
      const stat = readStat(pid);
      return Number(stat[USER_TIME] ?? 0) + Number(stat[SYSTEM_TIME] ?? 0);
    }),
  );
