// The threads that make calls which wait for a disk, bounded in number and in time.

import { DiskThread } from "./disk-thread.ts";
import { TimedQueue } from "./timed-queue.ts";

/** Reads of files at one time. More would not make a disk faster, only the others slower. */
const READ_THREADS = 4;

/** Calls that open, ask for a status or close at one time: on other threads than those above, so that no open waits behind large reads. */
const CALL_THREADS = 4;

/** How long a call may wait for the disk, in ms: less than a client waits for a reply, so that it hears the reason. */
export const DISK_TIMEOUT = 10_000;

/** A number of threads. Each is started when it is needed, and kept. */
export class DiskThreads {
  readonly #idle: DiskThread[] = [];
  readonly #queue: TimedQueue;

  constructor(count: number) {
    this.#queue = new TimedQueue(count);
  }

  /** Makes a call on the next free thread, as `TimedQueue.run` does. */
  run<T>(
    call: (thread: DiskThread) => Promise<T>,
    ms: number,
    release?: (late: T) => void,
  ): Promise<T> {
    return this.#queue.run(() => this.#callOnThread(call), ms, release);
  }

  async #callOnThread<T>(call: (thread: DiskThread) => Promise<T>): Promise<T> {
    const thread = this.#idle.pop() ?? new DiskThread();
    return await call(thread).finally(() => this.#idle.push(thread));
  }
}

/** For the content of files. */
export const readThreads: DiskThreads = new DiskThreads(READ_THREADS);

/** For opening and closing files, and for their status. */
export const callThreads: DiskThreads = new DiskThreads(CALL_THREADS);

/**
 * A directory is read by the runtime's own threads, of which there are two or more. One directory at a time leaves the others
 * for passwords.
 */
export const listQueue: TimedQueue = new TimedQueue(1);
