// Runs calls that may never end: a few at a time, and each caller waits for a limited time.

import { replyFailure } from "../errors.ts";

/** Calls wait in a row. A call that never ends keeps its place, since what it uses is lost. */
export class TimedQueue {
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(private readonly most: number) {}

  /** How many calls are running now. */
  get running(): number {
    return this.#running;
  }

  /**
   * Runs `call` when it is its turn. Throws a `Failure` of code 450 if it has not ended after `ms` milliseconds, the time in
   * the row included; what it returns later goes to `release`, which must free it.
   */
  async run<T>(
    call: () => Promise<T>,
    ms: number,
    release: (late: T) => void = () => {},
  ): Promise<T> {
    const started = performance.now();
    await this.#enter(ms);
    const result = call().finally(() => this.#leave());
    return await withTimeLimit(result, ms - (performance.now() - started), release, ms);
  }

  #enter(ms: number): Promise<void> {
    if (this.#running < this.most) return Promise.resolve(void this.#running++);
    return new Promise((resolve, reject) => {
      const go = () => (clearTimeout(timer), resolve());
      const timer = setTimeout(() => {
        this.#waiting.delete(go);
        reject(silentDisk(ms));
      }, ms);
      this.#waiting.add(go);
    });
  }

  /** Gives the place to the call that has waited longest. */
  #leave(): void {
    const [next] = this.#waiting;
    if (!next) return void this.#running--;
    this.#waiting.delete(next);
    next();
  }
}

function withTimeLimit<T>(
  result: Promise<T>,
  ms: number,
  release: (late: T) => void,
  total: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      void result.then(release, () => {});
      reject(silentDisk(total));
    }, ms);
    result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function silentDisk(ms: number): Error {
  return replyFailure(450, `The disk did not answer within ${ms / 1000} s: try again later.`);
}
