// The part file: where a transfer is kept until it is whole, and found again after it was cut.

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { sha256 } from "./digest.ts";
import { systemCode } from "./errors.ts";
import { tryLock } from "./libc.ts";
import { checkDestination, localFailure, type OnDuplicate, publish, quote } from "./save.ts";

/** Files smaller than this are fetched again rather than resumed: it saves a second file on disk for each. In bytes. */
const WORTH_RESUMING = 64 * 1024;

/** Longest name, in bytes, that still has room for `.`, `.ftpart` and `.` with a UUID within POSIX's 255. */
const LONGEST_NAME = 210;

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Receives one file. Its lock keeps a second client from writing to the same part; both end with `close`. */
export class PartFile implements Disposable {
  readonly borrows = true;
  readonly #path: string;
  readonly #fd: number;
  readonly #shared: boolean;
  #length: number;
  #version = "";
  #done = false;

  /** Checks the destination, and takes up the part that an earlier run left. Throws a `Failure` of kind `local`. */
  constructor(
    private readonly destination: string,
    private readonly policy: OnDuplicate,
  ) {
    checkDestination(destination, policy);
    const path = partPath(destination);
    const fd = openLocked(path);
    this.#shared = fd !== undefined;
    this.#path = fd === undefined ? `${path}.${crypto.randomUUID()}` : path;
    this.#fd = fd ?? openFresh(this.#path);
    this.#version = this.#shared ? readVersion(this.#versionPath) : "";
    this.#length = this.#version === "" ? 0 : fstatSync(this.#fd).size;
  }

  /** Bytes that are there already, all of the file's version that `begin` must be given. */
  get offset(): number {
    return this.#length;
  }

  /**
   * Prepares for the bytes from `offset` on. False where what is there belongs to another version (N7.20): then
   * it is dropped, `offset` is 0, and the transfer must be asked for again from the start.
   */
  begin(version: string, total: number): boolean {
    if (this.#length > 0 && (version === "" || version !== this.#version)) {
      this.restart();
      return false;
    }
    // Not where it is empty already: ext4 takes a truncation to 0 for a replacement, and writes the file out at its close.
    if (this.#length === 0 && fstatSync(this.#fd).size > 0) ftruncateSync(this.#fd, 0);
    if (this.#length === 0 && this.#shared && version !== "" && total >= WORTH_RESUMING) {
      this.#version = noteVersion(this.#versionPath, version);
    }
    return true;
  }

  /** Drops what is there. */
  restart(): void {
    ftruncateSync(this.#fd, 0);
    rmSync(this.#versionPath, { force: true });
    this.#length = 0;
    this.#version = "";
  }

  /** Appends bytes. Throws a `Failure` of kind `local`, for example where the disk is full. */
  write(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;) {
        const count = writeSync(this.#fd, bytes, done, bytes.length - done, this.#length);
        done += count;
        this.#length += count;
      }
    } catch (error) {
      throw localFailure(`Cannot write ${quote(this.destination)}`, error);
    }
  }

  /** The SHA-256 of what is there. */
  hash(): Promise<string> {
    return sha256(this.#fd, this.#length);
  }

  /** The file is whole: gives it its final name, and returns that. */
  complete(): string {
    this.#done = true;
    // Once published, the part's name may be another client's already: nothing of ours may be left to remove by then.
    if (this.#version !== "") rmSync(this.#versionPath, { force: true });
    try {
      return publish(this.#path, this.destination, this.policy);
    } catch (error) {
      rmSync(this.#path, { force: true });
      throw error;
    }
  }

  /** The file is worthless: forgets it. */
  discard(): void {
    this.#done = true;
    this.#remove();
  }

  /** True where the next run can go on from here. */
  get resumable(): boolean {
    return !this.#done && this.#version !== "" && this.#length > 0;
  }

  /** Releases the lock; a part that cannot be resumed is removed. */
  [Symbol.dispose](): void {
    if (!this.#done && !this.resumable) this.#remove();
    closeSync(this.#fd);
  }

  get #versionPath(): string {
    return `${this.#path}.version`;
  }

  #remove(): void {
    rmSync(this.#path, { force: true });
    if (this.#version !== "") rmSync(this.#versionPath, { force: true });
  }
}

/** `.NAME.ftpart` beside the destination, so that the final link stays within one file system. */
function partPath(destination: string): string {
  const name = basename(destination);
  const short =
    Buffer.byteLength(name) <= LONGEST_NAME ? name : Bun.CryptoHasher.hash("sha256", name, "hex");
  return join(dirname(destination), `.${short}.ftpart`);
}

/** Opens the common part file and locks it; undefined where another client has it, or where it is not ours to use. */
function openLocked(path: string): number | undefined {
  if (!tryLock) return undefined;
  let fd;
  try {
    fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ELOOP" || code === "EISDIR" || code === "ENXIO" || code === "EACCES")
      return undefined;
    throw localFailure(`Cannot save in ${quote(dirname(path))}`, error);
  }
  if (tryLock(fd) && isOnlyName(fd, path)) return fd;
  closeSync(fd);
  return undefined;
}

/**
 * True where the open file is a regular one whose only name is `path`. Before the lock was ours, its owner may have
 * published it: then it has no name, or, if the owner was killed in between, the final name too, and to
 * write to it would damage a whole file.
 */
function isOnlyName(fd: number, path: string): boolean {
  const open = fstatSync(fd);
  const named = lstatSync(path, { throwIfNoEntry: false });
  if (open.isFile() && open.nlink > 1 && named?.ino === open.ino) rmSync(path, { force: true });
  return open.isFile() && open.nlink === 1 && named?.ino === open.ino;
}

function openFresh(path: string): number {
  try {
    return openSync(path, O_RDWR | O_CREAT | O_EXCL, 0o666);
  } catch (error) {
    throw localFailure(`Cannot save in ${quote(dirname(path))}`, error);
  }
}

/** Writes the version beside the part, in a new file: what stood there might be a link or a pipe. Empty where it cannot be, so that the part is not resumed. */
function noteVersion(path: string, version: string): string {
  try {
    rmSync(path, { force: true });
    writeFileSync(path, version, { flag: "wx" });
    return version;
  } catch {
    return "";
  }
}

function readVersion(path: string): string {
  try {
    return readFileSync(path, { encoding: "utf8", flag: O_RDONLY | O_NOFOLLOW | O_NONBLOCK });
  } catch {
    return "";
  }
}
