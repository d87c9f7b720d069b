// Hashes files for `HASH`: one piece at a time, the files in turn, and each state of a file once for all clients.

import { formatError, Failure, replyFailure } from "../errors.ts";
import { type DiskRange, systemDisk } from "../sys/disk.ts";
import { readCached } from "../sys/libc.ts";
import { DISK_TIMEOUT } from "../sys/disk-threads.ts";

/** Bytes between two turns: a quarter of a millisecond for the clients that only get a file. */
const PIECE = 256 * 1024;

/** Hashes that are remembered, each in about 200 bytes: the files that are asked for again and again. */
const MAX_REMEMBERED = 1000;

/**
 * A file that was changed so short a time ago may change again without a new time in its status, in ms: FAT counts in
 * steps of two seconds. Its hash is not remembered.
 */
const MIN_AGE = 2000;

/** An open file in one state: equal versions have equal bytes. */
export interface HashSource {
  readonly fd: number;
  readonly size: number;
  readonly version: string;
  /** When the file was changed for the last time, in ms since 1970. */
  readonly changedAt: number;
}

/** One client that waits for a hash. `fd` is its own, and stays open until the promise is settled. */
interface Waiter {
  readonly fd: number;
  readonly isGone: () => boolean;
  readonly resolve: (hash: string) => void;
  readonly reject: (reason: unknown) => void;
}

/** The hash of one state of a file, as far as it has come. */
interface HashJob {
  readonly source: HashSource;
  readonly hasher: Bun.CryptoHasher;
  waiters: Waiter[];
  offset: number;
  readonly isStable: boolean;
}

/** Reads and hashes nothing for a client that has left. */
export class HashQueue {
  readonly #jobs = new Map<string, HashJob>();
  readonly #remembered = new Map<string, string>();
  /** One buffer for all files, since there is one piece at a time. Allocated when it is first needed. */
  #buffer: Buffer | undefined;
  #isBusy = false;

  constructor(private readonly minAge = MIN_AGE) {}

  /** The SHA-256 of the first `size` bytes, in lower-case hexadecimal digits. Throws a `Failure` of code 426 if the client leaves, of 450 if the file cannot be read. */
  hash(source: HashSource, isGone: () => boolean): Promise<string> {
    const remembered = this.#remembered.get(source.version);
    if (remembered !== undefined) return Promise.resolve(remembered);
    return new Promise((resolve, reject) => {
      this.#findJob(source).waiters.push({ fd: source.fd, isGone, resolve, reject });
      if (!this.#isBusy) void this.#work();
    });
  }

  #findJob(source: HashSource): HashJob {
    const found = this.#jobs.get(source.version);
    if (found) return found;
    const hasher = new Bun.CryptoHasher("sha256");
    const isStable = Date.now() - source.changedAt > this.minAge;
    const job = { source, hasher, waiters: [], offset: 0, isStable };
    this.#jobs.set(source.version, job);
    return job;
  }

  /** A small file waits for one piece of each large one, and never for a whole file. */
  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let job; (job = this.#jobs.values().next().value);) {
      this.#jobs.delete(job.source.version);
      // Between two pieces no read uses a descriptor, so that its owner may close it.
      job.waiters = job.waiters.filter(keepWaiter);
      if (job.waiters.length === 0) continue;
      this.#jobs.set(job.source.version, job); // to the end of the row
      await this.#hashPiece(job);
    }
    this.#isBusy = false;
    this.#buffer = undefined;
  }

  async #hashPiece(job: HashJob): Promise<void> {
    const { hasher, source } = job;
    const [{ fd }] = job.waiters as [Waiter];
    const { offset } = job;
    const length = Math.min(PIECE, source.size - offset);
    try {
      if (length > 0) job.offset += await this.#readPiece({ fd, offset, length }, hasher);
      if (job.offset >= source.size || job.offset === offset) this.#finish(job);
    } catch (error) {
      this.#jobs.delete(source.version);
      const failure = toFailure(error);
      for (const { reject } of job.waiters) reject(failure);
    }
  }

  /** Hashes at least one byte if there is one, and returns how many it hashed. What is not in memory is read on a thread. */
  async #readPiece(range: DiskRange, hasher: Bun.CryptoHasher): Promise<number> {
    const use = (bytes: Uint8Array) => (hasher.update(bytes), bytes.length);
    const buffer = (this.#buffer ??= Buffer.allocUnsafeSlow(PIECE)).subarray(0, range.length);
    const count = readCached?.(range.fd, buffer, range.offset) ?? -1;
    if (count < 0) return await systemDisk.read(range, DISK_TIMEOUT, use);
    await new Promise(setImmediate);
    return use(buffer.subarray(0, count));
  }

  #finish({ source, hasher, waiters, isStable, offset }: HashJob): void {
    this.#jobs.delete(source.version);
    const hash = hasher.digest("hex");
    if (isStable && offset === source.size) this.#remember(source.version, hash);
    for (const { resolve } of waiters) resolve(hash);
  }

  #remember(version: string, hash: string): void {
    this.#remembered.set(version, hash);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MAX_REMEMBERED) this.#remembered.delete(oldest as string);
  }
}

/** False after the waiter was told that its client has left. */
function keepWaiter({ isGone, reject }: Waiter): boolean {
  if (!isGone()) return true;
  reject(replyFailure(426, "The client left before its file was hashed."));
  return false;
}

function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return replyFailure(450, `The file cannot be read: ${formatError(error)}.`);
}
