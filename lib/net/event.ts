// An event that one caller at a time waits for, always with a time limit.

/** A notification that nobody waits for is lost, so check the state before you wait. */
export class AsyncEvent {
  #wake: (() => void) | undefined;

  /** Wakes the caller that waits. */
  notify(): void {
    this.#wake?.();
  }

  /** Waits for the next notification, for at most `ms` milliseconds. Resolves to false if the time has run out. */
  wait(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isNotified: boolean) => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(isNotified);
      };
      const timer = setTimeout(settle, Math.max(0, ms), false);
      this.#wake = () => settle(true);
    });
  }
}
