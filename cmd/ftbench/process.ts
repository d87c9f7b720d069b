// Whole processes, measured from their start to their end.

import { readMemory } from "./procfs.ts";

/** How often to read the memory of a process, in ms: a client that fetches a small file lives for about ten. */
const POLL = 1;

/** How much of a program's error message to keep, in characters. */
const MOST_STDERR = 200;

/** Seconds by the wall clock, and seconds of the processor. */
export interface Cost {
  readonly seconds: number;
  readonly cpu: number;
}

/** What ends a program that does not end by itself: a time in seconds, or a signal, whose reason is thrown. */
export interface Bounds {
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** A program did not do its work. The sentence says what it did instead. */
export class WorkFailed extends Error {}

/** Runs a command, with its output in the file `out`. Throws `WorkFailed` unless it exits with 0 within its bounds. */
export async function measureCost(
  command: readonly string[],
  out: string,
  { timeout, signal }: Bounds,
  onStart?: (pid: number) => void,
): Promise<Cost> {
  const started = performance.now();
  const child = startProcess(command, out, timeout, signal);
  onStart?.(child.pid);
  await child.exited;
  const seconds = (performance.now() - started) / 1000;
  signal.throwIfAborted();
  if (child.exitCode === 0)
    return { seconds, cpu: Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1e6 };
  if (child.signalCode === "SIGKILL") throw new WorkFailed(`it did not end within ${timeout} s.`);
  const stderr = (await child.stderr.text()).trim().replaceAll(/\s+/g, " ").slice(-MOST_STDERR);
  const how = child.signalCode ?? `status ${child.exitCode}`;
  throw new WorkFailed(`it ended with ${how}: ${stderr}`);
}

/**
 * Runs a command in the same way, and returns its peak of memory in bytes. The kernel's own number, ru_maxrss, is of no
 * use: a process that was started by vfork(2) begins with the memory of its parent, which is this benchmark.
 */
export async function measurePeakMemory(
  command: readonly string[],
  out: string,
  bounds: Bounds,
): Promise<number> {
  let peak = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  // Before its exec the child has our memory. The first reading comes later than that.
  const watch = (pid: number) => {
    timer = setInterval(() => (peak = Math.max(peak, readMemory(pid, "VmHWM"))), POLL);
  };
  await measureCost(command, out, bounds, watch).finally(() => clearInterval(timer));
  return peak;
}

function startProcess(
  command: readonly string[],
  out: string,
  timeout: number,
  signal: AbortSignal,
) {
  const [stdin, stderr, killSignal] = ["ignore", "pipe", "SIGKILL"] as const;
  try {
    return Bun.spawn([...command], {
      ...{ stdin, stderr, killSignal, signal },
      stdout: Bun.file(out),
      timeout: timeout * 1000,
    });
  } catch {
    throw new WorkFailed(`${command[0]} cannot be started: is it installed?`);
  }
}
