// One whole process, measured from its start to its end.

import { memoryOf } from "./usage.ts";

/** How often memory is looked at where it is, in ms: a client of small files lives for ten. */
const LOOK = 1;

/** The most of a program's complaint that is kept, in letters. */
const COMPLAINT = 200;

/** Seconds by the wall clock and of the processor; bytes. */
export interface Cost {
  readonly seconds: number;
  readonly cpu: number;
}

/** What ends a program that does not end by itself: seconds, and a signal whose reason is then thrown. */
export interface Bounds {
  readonly patience: number;
  readonly signal: AbortSignal;
}

/** A program that failed: the sentence says how. */
export class Unfit extends Error {}

/** Runs a command to its end, with its output in the file `out`. Throws `Unfit` unless it exits 0 within its bounds. */
export async function timed(
  command: readonly string[],
  out: string,
  bounds: Bounds,
): Promise<Cost> {
  const started = performance.now();
  const child = start(command, out, bounds);
  await child.exited;
  const seconds = (performance.now() - started) / 1000;
  await assertFit(child, bounds);
  return { seconds, cpu: Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1e6 };
}

/**
 * Runs a command only to see its memory, and returns the peak in bytes. The kernel's own account, ru_maxrss, cannot be
 * used: a process that was started by vfork(2) begins with the memory of whoever started it, here the benchmark's.
 */
export async function peakMemory(
  command: readonly string[],
  out: string,
  bounds: Bounds,
): Promise<number> {
  const child = start(command, out, bounds);
  let peak = 0;
  // Before its exec the child shows our memory, under our name for a moment: the first look comes after it.
  const timer = setInterval(() => (peak = Math.max(peak, memoryOf(child.pid, "VmHWM"))), LOOK);
  await child.exited.finally(() => clearInterval(timer));
  await assertFit(child, bounds);
  return peak;
}

function start(command: readonly string[], out: string, { patience, signal }: Bounds) {
  try {
    return Bun.spawn([...command], {
      stdin: "ignore",
      stdout: Bun.file(out),
      stderr: "pipe",
      timeout: patience * 1000,
      signal,
      killSignal: "SIGKILL",
    });
  } catch {
    throw new Unfit(`${command[0]} cannot be started: is it installed?`);
  }
}

async function assertFit(
  child: ReturnType<typeof start>,
  { patience, signal }: Bounds,
): Promise<void> {
  signal.throwIfAborted();
  if (child.exitCode === 0) return;
  if (child.signalCode === "SIGKILL") throw new Unfit(`it did not end within ${patience} s.`);
  const complaint = (await child.stderr.text()).trim().replaceAll(/\s+/g, " ").slice(-COMPLAINT);
  throw new Unfit(`it ended with ${child.signalCode ?? `status ${child.exitCode}`}: ${complaint}`);
}
