// Tries again what may succeed later: a connection that is refused or cut, and a server that is too busy.

import { Failure } from "../../lib/errors.ts";

/** The pause before the first further try, in ms. Each one is twice as long as the one before. */
const FIRST_PAUSE = 500;

/** The longest pause, in ms: long enough for a host that restarts, and short enough not to be waited for much longer. */
const MAX_PAUSE = 30_000;

/** How often something may be tried again. */
export interface Retries {
  readonly retries: number;
  readonly signal: AbortSignal | undefined;
  /** Called before each pause in seconds. False if there is to be no further try. */
  readonly onRetry: (error: Failure, seconds: number) => boolean;
}

/** Runs the work until it succeeds, fails for good, or has been tried again as often as it may. Throws the last failure. */
export async function withRetries<T>(
  work: () => Promise<T>,
  { retries, signal, onRetry }: Retries,
): Promise<T> {
  for (let pause = FIRST_PAUSE, left = retries; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left <= 0 || !isTemporary(error) || signal?.aborted) throw error;
      if (!onRetry(error, pause / 1000)) throw error;
    }
    await wait(pause, signal);
    pause = Math.min(2 * pause, MAX_PAUSE);
  }
}

/** True for no connection, a cut, and the replies 421, 425 and 426. A file that does not exist will not exist in a minute. */
function isTemporary(error: unknown): error is Failure {
  if (!(error instanceof Failure)) return false;
  return error.kind === "timeout" || [421, 425, 426].includes(error.code ?? 0);
}

/** Rejects with the reason of the signal. */
async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, ms);
  signal?.addEventListener("abort", end);
  await promise;
  clearTimeout(timer);
  signal?.removeEventListener("abort", end);
  signal?.throwIfAborted();
}
