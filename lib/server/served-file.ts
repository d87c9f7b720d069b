// An open file that is sent: its size, the name of its state, and whether that state changed meanwhile.

import { closeSync, constants, fstatSync } from "node:fs";
import { Failure, replyFailure } from "../errors.ts";
import { formatFileTime } from "../protocol/file-time.ts";
import { callThreads, DISK_TIMEOUT } from "../sys/disk-threads.ts";
import { type DiskRange, systemDisk } from "../sys/disk.ts";
import { disableReadAhead, readCached } from "../sys/libc.ts";

/** Bytes at the start, in the middle and at the end that are compared after a file grew. They cost less than a disk's next read. */
const SAMPLE = 4096;

/** How long a close may wait for its turn, in ms. After that the descriptor stays open, which only a dead disk brings about. */
const CLOSE_TIMEOUT = 3_600_000;

/** What is compared of fstat(2): a thread returns it as plain data. */
type FileStatus = Record<
  "dev" | "ino" | "mode" | "nlink" | "uid" | "gid" | "size" | "mtimeNs" | "ctimeNs",
  bigint
>;

/** An open regular file. Disposing of it closes the descriptor. */
export class ServedFile implements Disposable {
  private constructor(
    readonly fd: number,
    /** The status when the file was opened. */
    private readonly status: FileStatus,
    private readonly sample: bigint,
    private readonly isLocal: boolean,
  ) {}

  /** Takes over the descriptor. Throws a `Failure` of code 550 or 450, and closes it, if the file cannot be served. */
  static async read(fd: number, name: string, isLocal: boolean): Promise<ServedFile> {
    try {
      const status = await readStatus(fd, isLocal);
      if (!isRegular(status)) throw replyFailure(550, `Not a regular file: ${name}`);
      if (Number(status.size) > SAMPLE) disableReadAhead(fd);
      const sample = await readSample(fd, Number(status.size));
      if (sample === undefined) throw sizeFailure(status, await readStatus(fd, isLocal));
      return new ServedFile(fd, status, sample, isLocal);
    } catch (error) {
      closeFile(fd, isLocal);
      if (error instanceof Failure) throw error;
      throw replyFailure(450, `The file cannot be read: ${(error as Error).message}.`);
    }
  }

  /** The size when the file was opened, in bytes. */
  get size(): number {
    return Number(this.status.size);
  }

  /** When its content was written for the last time, as `150` carries it (N7.34). */
  get modified(): string | undefined {
    return formatFileTime(Number(this.status.mtimeNs / 1_000_000n));
  }

  /** When the file was changed for the last time, in ms since 1970. */
  get changedAt(): number {
    return Number(this.status.ctimeNs / 1_000_000n);
  }

  /**
   * Names this state of this file (N7.3). Whoever writes may set the time of the content back, but not the time of the
   * change (ctime), which every write sets.
   */
  get version(): string {
    const { dev, ino, size, ctimeNs } = this.status;
    return [dev, ino, size, ctimeNs].map((part) => part.toString(36)).join("-");
  }

  /** What is to be sent from `offset` on. Of a small file, the sample is the whole. */
  rangeFrom(offset: number): DiskRange {
    const { fd, size } = this;
    return { fd, offset, length: size - offset, isCached: size <= SAMPLE };
  }

  /** Throws a `Failure` of code 450 if the bytes that were sent may be of more than one state of the file. */
  async assertUnchanged(): Promise<void> {
    const now = await readStatus(this.fd, this.isLocal);
    if (now.size < this.status.size)
      throw replyFailure(450, "The file became shorter while it was sent: fetch it again.");
    if (isSameState(this.status, now) || isOnlyRenamed(this.status, now)) return;
    if (now.size > this.status.size && (await this.#hasOnlyGrown())) return;
    throw replyFailure(
      450,
      "The file was written to while it was sent, or its name or attributes changed: fetch it again.",
    );
  }

  /** A log grows at its end, and what was announced stays. A file that was written anew does not begin and end the same. */
  async #hasOnlyGrown(): Promise<boolean> {
    return this.size === 0 || (await readSample(this.fd, this.size)) === this.sample;
  }

  [Symbol.dispose](): void {
    closeFile(this.fd, this.isLocal);
  }
}

function isSameState(old: FileStatus, now: FileStatus): boolean {
  return isSameContent(old, now) && now.ctimeNs === old.ctimeNs;
}

/** A file that was removed, or replaced by a rename, or got one more name, keeps its content, although its ctime is new. */
function isOnlyRenamed(old: FileStatus, now: FileStatus): boolean {
  const isSameOwner = now.mode === old.mode && now.uid === old.uid && now.gid === old.gid;
  return now.nlink !== old.nlink && isSameOwner && isSameContent(old, now);
}

function isSameContent(old: FileStatus, now: FileStatus): boolean {
  return now.size === old.size && now.mtimeNs === old.mtimeNs;
}

function isRegular({ mode }: FileStatus): boolean {
  return (Number(mode) & constants.S_IFMT) === constants.S_IFREG;
}

/** A local file that is open has its status in memory; of another one it may come over a network. */
async function readStatus(fd: number, isLocal: boolean): Promise<FileStatus> {
  const options = { bigint: true } as const;
  if (isLocal) return fstatSync(fd, options);
  return await callThreads.run((thread) => thread.call("fstatSync", fd, options), DISK_TIMEOUT);
}

/** Some file systems wait for a network even here. Nobody waits for the end. */
function closeFile(fd: number, isLocal: boolean): void {
  if (isLocal) return closeSync(fd);
  void callThreads.run((thread) => thread.call("closeSync", fd), CLOSE_TIMEOUT).catch(() => {});
}

/** Why a file does not have the bytes that its size tells: proc(5) and others make them up when they are read. */
function sizeFailure(old: FileStatus, now: FileStatus): Failure {
  if (now.size !== old.size)
    return replyFailure(450, "The file is being written to: try again later.");
  return replyFailure(550, "The size of this file is not known, so it cannot be served.");
}

/** A fingerprint of a few bytes; undefined if they are not there, or if an empty file has some. */
async function readSample(fd: number, size: number): Promise<bigint | undefined> {
  let sample = 0n;
  const last = Math.max(0, size - SAMPLE);
  for (const offset of new Set([0, Math.floor(last / 2), last])) {
    const length = Math.min(SAMPLE, Math.max(1, size - offset)); // of an empty file too a byte is asked for
    const bytes = await readBytes(fd, offset, length);
    if (bytes.length !== Math.min(length, size)) return undefined;
    sample = Bun.hash.wyhash(bytes, sample);
  }
  return sample;
}

async function readBytes(fd: number, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const count = readCached?.(fd, bytes, offset) ?? -1;
  if (count === length || (count >= 0 && length === 1)) return bytes.subarray(0, count);
  const range = { fd, offset, length };
  return await systemDisk.read(range, DISK_TIMEOUT, (piece) => Uint8Array.from(piece));
}
