// Ends a transfer whose client takes a few bytes now and then, only to keep its place.

import { replyFailure } from "../errors.ts";

/** Checks the rate until it is disposed of. */
export class RateWatch implements Disposable {
  readonly #timer: NodeJS.Timeout;

  /** At least `minRate` bytes per second must be sent, on average over `window` ms. `sent` counts the bytes so far. */
  constructor(
    minRate: number,
    window: number,
    sent: () => number,
    onTooSlow: (reason: Error) => void,
  ) {
    const needed = Math.ceil((minRate * window) / 1000);
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
