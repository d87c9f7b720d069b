// Makes a run that fails short: tries simpler runs as long as one of them fails as well.

import type { Violation } from "./violation.ts";

export interface Shrunk<Run> {
  run: Run;
  violation: Violation;
}

/** The simplest run that was found to fail before the time is over. */
export async function shrink<Run>(
  first: Shrunk<Run>,
  simplify: (run: Run) => Iterable<Run>,
  tryRun: (run: Run) => Promise<Violation | undefined>,
  until: number,
): Promise<Shrunk<Run>> {
  let best = first;
  for (let isSimpler = true; isSimpler;) {
    isSimpler = false;
    for (const run of simplify(best.run)) {
      if (performance.now() > until) return best;
      const violation = await tryRun(run);
      if (!violation) continue;
      best = { run, violation };
      isSimpler = true;
      break;
    }
  }
  return best;
}

/** The list without a half, a quarter, … of it, and without each single one. */
export function* leaveOut<T>(list: readonly T[]): Generator<T[]> {
  for (let size = Math.ceil(list.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0)
    for (let at = 0; at < list.length; at += size)
      yield [...list.slice(0, at), ...list.slice(at + size)];
}
