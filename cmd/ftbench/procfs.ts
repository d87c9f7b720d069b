// What Linux tells about processes in /proc: processor time, memory, and which of them listen on a port.

import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";

/** Clock ticks a second in /proc/PID/stat: 100 on every Linux (USER_HZ). */
const TICKS = 100;

/** The state of a listening socket in /proc/net/tcp. */
const LISTEN = "0A";

/** Processor time in seconds, of the processes and of their children that have ended; memory in bytes. */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
  /** The most memory since `resetPeak`. */
  readonly peak: number;
}

/** Adds up the usage of processes. A process that has ended counts as 0. */
export function readUsage(pids: readonly number[]): Usage {
  const sum = (read: (pid: number) => number) => pids.map(read).reduce((a, b) => a + b, 0);
  const memory = (field: "VmRSS" | "VmHWM") => sum((pid) => readMemory(pid, field));
  return { cpu: sum(readProcessorTime), memory: memory("VmRSS"), peak: memory("VmHWM") };
}

/** Resets the peak of memory (proc(5), clear_refs). Without permission, the peak covers the whole life of the process. */
export function resetPeak(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, "5");
    } catch {
      // There is no permission: see above.
    }
  }
}

/** A field of /proc/PID/status such as `VmHWM`, in bytes; 0 if the process has ended. */
export function readMemory(pid: number, field: "VmRSS" | "VmHWM"): number {
  const match = new RegExp(`^${field}:\\s+([0-9]+) kB$`, "m").exec(readText(`/proc/${pid}/status`));
  return Number(match?.[1] ?? 0) * 1024;
}

function readProcessorTime(pid: number): number {
  const stat = readText(`/proc/${pid}/stat`);
  // Count from the end of the name, which is in brackets and may hold spaces. utime, stime, cutime and cstime are fields 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/** Finds the processes that listen on `port`: a server with workers has several. */
export function findListeners(port: number): number[] {
  const sockets = new Set([...findSockets(port, "tcp"), ...findSockets(port, "tcp6")]);
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  return pids.filter((pid) => hasAny(pid, sockets)).map(Number);
}

function findSockets(port: number, table: "tcp" | "tcp6"): string[] {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = readText(`/proc/net/${table}`).split("\n");
  const rows = lines.map((line) => line.trim().split(/\s+/));
  const listening = rows.filter((row) => row[1]?.endsWith(local) && row[3] === LISTEN);
  return listening.map((row) => `socket:[${row[9]}]`);
}

function hasAny(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    const fds = readdirSync(`/proc/${pid}/fd`);
    return fds.some((fd) => sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false; // it has ended, or belongs to another user
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
