// A client that keeps sending, and never says anything whole.

import type { CaseContext } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import { THINK } from "../spec/timeouts.ts";

/** A byte at a time until the server answers, closes, or has had all the time it may take. */
export async function sendSlowly(context: CaseContext, p: Connection): Promise<void> {
  const answered = (): boolean => /^421 .*\n/m.test(p.text) || p.hasEnded;
  const began = context.timeline.now();
  while (!answered() && context.timeline.now() - began < context.timeouts.server) {
    p.send("-");
    await context.happensWithin(answered, THINK / 3);
  }
}
