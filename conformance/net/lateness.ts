// How late the suite itself is: one event loop does everything, and a busy machine delays it.

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
