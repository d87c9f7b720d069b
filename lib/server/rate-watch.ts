// Ends a transfer whose client takes a few bytes now and then, only to keep its place.

import { replyFailure } from "../errors.ts";

/** The lowest average rate, in bytes per second: a tenth of the slowest mobile networks. */
const MIN_RATE = 500;

/** The average is taken over a minute at least, in ms; over the time for which a client may read nothing, if that is longer. */
const MIN_WINDOW = 60_000;

/** Checks the rate until it is disposed of. */
export class RateWatch implements Disposable {
  readonly #timer: NodeJS.Timeout;

  /** `stall` is the time for which the client may read nothing, in ms. `sent` counts the bytes so far. */
  constructor(
    stall: number,
    sent: () => number,
    onTooSlow: (reason: Error) => void,
    minWindow = MIN_WINDOW,
  ) {
    const window = Math.max(stall, minWindow);
    const needed = Math.ceil((MIN_RATE * window) / 1000);
    let before = sent();
    this.#timer = setInterval(() => {
      if (sent() - before < needed) onTooSlow(slowFailure(needed, window));
      before = sent();
    }, window);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function slowFailure(bytes: number, window: number): Error {
  const sentence = `Fewer than ${bytes} bytes were sent in ${window / 1000} s: the transfer is too slow.`;
  return replyFailure(426, sentence);
}
