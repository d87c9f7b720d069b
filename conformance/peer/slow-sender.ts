// A client that keeps sending, and never says anything whole.

import type { Attempt } from "../harness/context.ts";
import type { Channel } from "../net/connection.ts";
import { SERVER_LIMIT, THINK } from "../spec/timeouts.ts";

/** A byte at a time until the server answers, closes, or has had all the time it may take. */
export async function dribble(attempt: Attempt, p: Channel): Promise<void> {
  const answered = (): boolean => /^421 .*\n/m.test(p.text) || p.over;
  const began = attempt.timeline.now();
  while (!answered() && attempt.timeline.now() - began < SERVER_LIMIT) {
    p.send("-");
    await attempt.happens(answered, THINK / 3);
  }
}
