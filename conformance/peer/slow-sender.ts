// A client that sends slowly, and never completes a line.

import type { CaseContext } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import { THINK } from "../spec/timeouts.ts";

/** Sends a byte at a time until the server replies or closes, or until the time is over that it may take. */
export async function sendSlowly(context: CaseContext, p: Connection): Promise<void> {
  const isOver = (): boolean => /^421 [^\n]*\n/m.test(p.text) || p.hasEnded;
  const start = context.timeline.now();
  while (!isOver() && context.timeline.now() - start < context.timeouts.server) {
    p.send("-");
    await context.happensWithin(isOver, THINK / 3);
  }
}
