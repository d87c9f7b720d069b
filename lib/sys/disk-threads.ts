// File calls that may wait for a disk: they run on the runtime's threads, a few at a time, each within a time limit.

import { replyFailure } from "../errors.ts";
import { allowThreads } from "./libc.ts";

/** Calls that read the content of files at one time. More would not make a disk faster, only the others slower. */
const READ_THREADS = 4;

/** Calls that open, ask for a status or close at one time: others than those above, so that no open waits behind large reads. */
const CALL_THREADS = 4;

/** Directories read at one time. */
const LIST_THREADS = 2;

/** Threads for all else that the runtime does, such as hashing and passwords: a dead disk can never hold these. */
const OTHER_THREADS = 8;

allowThreads(READ_THREADS + CALL_THREADS + LIST_THREADS + OTHER_THREADS);

/** Runs so many calls at one time; the others wait in a row. A call that never ends keeps its place, for its thread is lost. */
export class DiskThreads {
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

/** For the content of files. */
export const readThreads: DiskThreads = new DiskThreads(READ_THREADS);

/** For opening and closing files. */
export const callThreads: DiskThreads = new DiskThreads(CALL_THREADS);

/** For directories. */
export const listThreads: DiskThreads = new DiskThreads(LIST_THREADS);
