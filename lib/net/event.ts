// A bell that one waiter at a time listens for, and never longer than it says.

/** Wakes a waiter on an event; a ring that nobody waits for is not remembered, so check the state before waiting. */
export class AsyncEvent {
  #wake: (() => void) | undefined;

  /** Wakes whoever waits. */
  notify(): void {
    this.#wake?.();
  }

  /** Waits for the next ring, at most `ms` milliseconds. Resolves to false where the time ran out. */
  wait(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (rang: boolean) => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(rang);
      };
      const timer = setTimeout(settle, Math.max(0, ms), false);
      this.#wake = () => settle(true);
    });
  }
}
