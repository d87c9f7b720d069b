// Bytes drawn from a socket past Bun, which would copy everything into a new buffer for each event.

/** An event with this many bytes is followed by more: then the rest is drawn. In bytes. */
export const MIN_SPLICE = 64 * 1024;

/** How long bytes are drawn before others get their turn, in ms: nobody notices it. */
const TURN = 50;

/** How long a peer that was drawn dry is left to send before Bun watches for it again, in ms: each time that costs a buffer of Bun's. */
const NAP = 1;

/** Whose bytes they are. */
export interface SpliceSource {
  /** Whether the next bytes may be drawn at all. */
  readonly canSplice: boolean;
  /** Takes what is there; false where that is nothing. */
  splice(): boolean;
  /** Told whenever drawing begins or ends: Bun is to keep away meanwhile. */
  onRunningChange(): void;
  onError(error: Error): void;
}

/** Draws as long as anything comes. */
export class SpliceLoop {
  #running = false;

  constructor(private readonly vessel: SpliceSource) {}

  get isRunning(): boolean {
    return this.#running;
  }

  start(): void {
    const end = performance.now() + TURN;
    let drew = false;
    try {
      while (this.vessel.canSplice && this.vessel.splice()) {
        drew = true;
        if (performance.now() > end) return this.#later(setImmediate);
      }
    } catch (error) {
      this.vessel.onError(error as Error);
    }
    if (drew && this.vessel.canSplice) return this.#later(setTimeout);
    this.#running = false; // Bun will meet the same, and tell what it is
    this.vessel.onRunningChange();
  }

  #later(schedule: (again: () => void, ms: number) => unknown): void {
    this.#running = true;
    this.vessel.onRunningChange();
    schedule(() => this.start(), NAP);
  }
}
