// Moves bytes from a socket past Bun, which would copy them into a new buffer for each event.

/** If an event brings this many bytes, more will follow: the loop is worth starting. */
export const MIN_SPLICE = 64 * 1024;

/** How long the loop runs before others get their turn, in ms: short enough that nobody notices. */
const TURN = 50;

/** How long the loop waits for an empty socket before Bun watches it again, in ms: each time Bun does, it costs a buffer. */
const PAUSE = 1;

/** Splices as long as bytes come. */
export class SpliceLoop {
  #isRunning = false;

  /** `splice` moves the bytes that are there, and returns false if it moved none. `onChange` is called when the loop begins or ends. */
  constructor(
    private readonly splice: () => boolean,
    private readonly onChange: () => void,
  ) {}

  /** While the loop runs, Bun must not read from the socket. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  start(): void {
    const end = performance.now() + TURN;
    let hasMoved = false;
    while (this.splice()) {
      hasMoved = true;
      if (performance.now() > end) return this.#continue(setImmediate);
    }
    if (hasMoved) return this.#continue(setTimeout);
    this.#setRunning(false); // Bun then finds out whether this was the end, an error, or a slow peer
  }

  #continue(schedule: (callback: () => void, ms: number) => unknown): void {
    this.#setRunning(true);
    schedule(() => this.start(), PAUSE);
  }

  #setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    this.onChange();
  }
}
