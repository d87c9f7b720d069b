// Notices a server that sends so slowly that the transfer would never end, although it is never silent for long.

/** The lowest rate in bytes a second: a tenth of what a modem of 9600 baud brings. */
const MIN_RATE = 100;

/** How often the rate is looked at within its time. A program that was stopped meanwhile, as by Ctrl-Z, counts one look only. */
const CHECKS = 4;

/** Calls `onSlow` once if fewer bytes come than the lowest rate allows within `ms` milliseconds. Disposing of it ends the watch. */
export class RateWatch implements Disposable {
  readonly #timer: Timer;
  readonly #counts: number[] = [];
  #bytes = 0;
  #isHeld = false;

  constructor(
    private readonly ms: number,
    private readonly onSlow: (bytes: number) => void,
  ) {
    this.#timer = setInterval(() => this.#check(), ms / CHECKS);
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** While our own end takes nothing, the server is not to blame. */
  async holdDuring(work: Promise<void>): Promise<void> {
    this.#isHeld = true;
    try {
      await work;
    } finally {
      this.#isHeld = false;
      this.#restart();
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    if (this.#isHeld) return this.#restart();
    this.#counts.push(this.#bytes);
    this.#bytes = 0;
    if (this.#counts.length < CHECKS) return;
    const sum = this.#counts.reduce((total, count) => total + count, 0);
    this.#counts.shift();
    if (sum >= (MIN_RATE * this.ms) / 1000) return;
    this[Symbol.dispose]();
    this.onSlow(sum);
  }

  #restart(): void {
    this.#counts.length = 0;
    this.#bytes = 0;
  }
}
