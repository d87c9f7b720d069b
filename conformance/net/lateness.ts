// How late the suite itself is, and how busy the machine: one event loop does everything, and other programs delay it.

import { readFileSync } from "node:fs";

/** Between two looks at the clock, in ms: shorter than any wait that a verdict rests on. */
const INTERVAL = 20;
/** A timer may always be this late, in ms. */
const USUAL = 10;

let total = 0;
let next = 0;
let isWatching = false;

/** The milliseconds by which the suite was late since its first call of this function, together. */
export function measureLateness(): number {
  if (!isWatching) watch();
  const late = performance.now() - next;
  return Math.round(total + (late > USUAL ? late : 0));
}

/** The milliseconds for which the suite has been busy, so that what it is told now may be older than it seems. */
export function measureDelay(): number {
  if (!isWatching) watch();
  return Math.max(0, performance.now() - next);
}

function watch(): void {
  isWatching = true;
  next = performance.now() + INTERVAL;
  setInterval(() => {
    const late = performance.now() - next;
    if (late > USUAL) total += late;
    next = performance.now() + INTERVAL;
  }, INTERVAL).unref();
}

/** What delays the suite and the programs, counted since some time in the past. */
interface Delays {
  readonly at: number;
  /** Milliseconds by which the suite was late. */
  readonly late: number;
  /** Milliseconds in which some process waited for a processor; undefined if the kernel does not tell. */
  readonly pressure: number | undefined;
}

export const readDelays = (): Delays => ({
  at: performance.now(),
  late: measureLateness(),
  pressure: readPressure(),
});

/** Together so late, in ms, that a limit of a program may have run out. */
const LATE = 400;
/** The share of the time in which some process waits for a processor, on a machine that has too much to do. */
const BUSY = 0.8;

/** How busy the machine has been, in words; undefined if it had time for everybody. */
export function describeDelays(since: Delays): string | undefined {
  const now = readDelays();
  const late = now.late - since.late;
  if (late >= LATE) return `the suite was late by ${late} ms`;
  const share = ((now.pressure ?? 0) - (since.pressure ?? 0)) / (now.at - since.at);
  if (share < BUSY) return undefined;
  return `programs waited for a processor ${Math.min(100, Math.round(100 * share))} % of the time`;
}

/** The first line of the file is `some avg10=… total=…`, in microseconds. */
function readPressure(): number | undefined {
  try {
    const [, total] = /^some .*total=(\d+)/.exec(readFileSync("/proc/pressure/cpu", "utf8")) ?? [];
    return total === undefined ? undefined : Number(total) / 1000;
  } catch {
    return undefined; // a kernel without it
  }
}

/** Waits until the suite has been on time for a while, at most the limit. */
export async function waitUntilPunctual(limit: number): Promise<void> {
  const end = performance.now() + limit;
  for (let before = measureLateness(); performance.now() < end; before = measureLateness()) {
    await Bun.sleep(CALM);
    if (measureLateness() - before < CALM / 10) return;
  }
}

/** So long without delay means that the machine has time again, in ms. */
const CALM = 500;
