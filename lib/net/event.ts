// An event that one caller at a time waits for, always with a time limit.

/**
 * A timer that fires so much later than it should, in ms, has waited for a process that was stopped (Ctrl-Z, docker pause, a debugger).
 * In that time nothing could be received, so the wait begins again.
 */
const SUSPENSION = 1000;

/** A notification that nobody waits for is lost, so check the state before you wait. */
export class AsyncEvent {
  #wake: (() => void) | undefined;

  /** Wakes the caller that waits. */
  notify(): void {
    this.#wake?.();
  }

  /** Waits for the next notification, for at most `ms` milliseconds. Resolves to false if the time has run out. */
  wait(ms: number): Promise<boolean> {
    const limit = Math.max(0, ms);
    const end = performance.now() + limit;
    return new Promise((resolve) => {
      const settle = (isNotified: boolean) => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(isNotified);
      };
      const onTimeout = () => {
        if (performance.now() < end + SUSPENSION) settle(false);
        else timer = setTimeout(settle, limit, false);
      };
      let timer = setTimeout(onTimeout, limit);
      this.#wake = () => settle(true);
    });
  }
}
