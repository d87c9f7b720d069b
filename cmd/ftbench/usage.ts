// What Linux tells about processes in /proc: processor time, memory, and who listens on a port.

import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";

/** Clock ticks a second in /proc/PID/stat: 100 on every Linux that programs see (USER_HZ). */
const TICKS = 100;

/** Processor time in seconds, of the processes and of their children that have ended; memory in bytes. */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
  /** The most memory since `resetPeak`. */
  readonly peak: number;
}

/** The sum over processes. One that has gone counts nothing. */
export function usageOf(pids: readonly number[]): Usage {
  const sum = { cpu: 0, memory: 0, peak: 0 };
  for (const pid of pids) {
    sum.cpu += processorTime(pid);
    sum.memory += memoryOf(pid, "VmRSS");
    sum.peak += memoryOf(pid, "VmHWM");
  }
  return sum;
}

/** Forgets the peaks so far (proc(5), clear_refs). Of another user's process it cannot: then the peak is of its whole life. */
export function resetPeak(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, "5");
    } catch {
      // See above.
    }
  }
}

/** A field of /proc/PID/status such as `VmHWM`, in bytes; 0 where the process has gone. */
export function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): number {
  const found = new RegExp(`^${field}:\\s+([0-9]+) kB$`, "m").exec(read(`/proc/${pid}/status`));
  return Number(found?.[1] ?? 0) * 1024;
}

function processorTime(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The name, in brackets, may hold anything: count from its end. utime, stime, cutime and cstime are fields 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/** The processes that hold a socket listening on `port`: a server with workers has several. */
export function listenersOn(port: number): number[] {
  const inodes = new Set([...inodesOf(port, "tcp"), ...inodesOf(port, "tcp6")]);
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  return pids.filter((pid) => holdsAny(pid, inodes)).map(Number);
}

function inodesOf(port: number, table: "tcp" | "tcp6"): string[] {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = read(`/proc/net/${table}`)
    .split("\n")
    .map((row) => row.trim().split(/\s+/));
  const listening = rows.filter((row) => row[1]?.endsWith(local) && row[3] === "0A");
  return listening.map((row) => `socket:[${row[9]}]`);
}

function holdsAny(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    const fds = readdirSync(`/proc/${pid}/fd`);
    return fds.some((fd) => inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false; // it has gone, or is not ours to look at
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
