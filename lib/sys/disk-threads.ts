// Bounds the calls that wait for a disk, in number and in time.

import { replyFailure } from "../errors.ts";
import { DiskThread } from "./disk-thread.ts";

/** Reads of files at one time. More would not make a disk faster, only the others slower. */
const READ_THREADS = 4;

/** Calls that open, ask for a status or close at one time: on other threads than those above, so that no open waits behind large reads. */
const CALL_THREADS = 4;

/** A number of threads; calls wait in a row for the next free one. A call that never ends keeps its thread, for that one is lost. */
export class DiskThreads {
  readonly #waiting = new Set<() => void>();
  readonly #idle: DiskThread[] = [];
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
    call: (thread: DiskThread) => Promise<T>,
    ms: number,
    release: (late: T) => void = () => {},
  ): Promise<T> {
    const started = performance.now();
    await this.#enter(ms);
    const result = this.#callOnThread(call);
    return await withTimeLimit(result, ms - (performance.now() - started), release, ms);
  }

  async #callOnThread<T>(call: (thread: DiskThread) => Promise<T>): Promise<T> {
    const thread = this.#idle.pop() ?? new DiskThread();
    return await call(thread).finally(() => {
      this.#idle.push(thread);
      this.#leave();
    });
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

/** For opening and closing files, and for their status. */
export const callThreads: DiskThreads = new DiskThreads(CALL_THREADS);

/**
 * A directory is read by the runtime's own threads, of which there are two or more. One directory at a time leaves the others
 * for passwords.
 */
export const listThreads: DiskThreads = new DiskThreads(1);
