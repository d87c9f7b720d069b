// The part file: holds a transfer until it is whole, so that a later run can continue after a cut.

import { appendSentence, quote } from "../text.ts";
import { formatError, Failure, localFailure } from "../errors.ts";
import { fstat, lstat } from "../sys/file-status.ts";
import {
  closeFile,
  freeSpace,
  PRIVATE_MODE,
  readPrivateText,
  remove,
  reserveSpace,
  setMode,
  setTime,
  sync,
  truncate,
  writeSome,
  writeText,
} from "../sys/file.ts";
import { Pipe } from "../sys/pipe.ts";
import { lockPart, type PartLock } from "./part-lock.ts";
import { checkDestination, findMode, type OnDuplicate, publish } from "./save.ts";
import { splitPath } from "./file-name.ts";

/** Smaller files are fetched again from the start: to resume them is not worth a second file, for the version. In bytes. */
const MIN_RESUMABLE = 64 * 1024;

/** The longest version that a file can have, in bytes (N7.20). */
const MAX_VERSION = 64;

/** From this size on the disk is asked whether it has room, in bytes: for less, the question costs more than it can save. */
const MIN_CHECKED = 1024 * 1024;

/**
 * Disk space is reserved for this many bytes or more that have come, just before they are written: that makes writes nearly
 * twice as fast (512 MiB on ext4: 0.15 s instead of 0.27). For bytes that are only announced nothing is reserved: the server
 * could lie, and a kill would leave the space taken.
 */
const MIN_RESERVED = 256 * 1024;

/** Receives one file. Its lock keeps other clients from writing to the same part, until it is disposed of. */
export class PartFile implements Disposable {
  readonly #lock: PartLock;
  readonly #pipe = new Pipe();
  #length = 0;
  #version = "";
  /** What the server calls this state of the file, also if the part is too small to be resumed. */
  #announced = "";
  #isComplete = false;
  #isKept = false;

  /** Checks the destination, and opens the part that an earlier run may have left. Throws a `Failure` of kind `local`. */
  constructor(
    private readonly destination: string,
    private readonly policy: OnDuplicate,
  ) {
    checkDestination(destination, policy);
    this.#lock = lockPart(destination);
    const { size } = fstat(this.#lock.fd);
    if (!this.#lock.shared || size === 0) return;
    this.#version = readPrivateText(this.#versionPath, MAX_VERSION);
    if (this.#version !== "") this.#length = size;
  }

  /** How many bytes the part holds. */
  get offset(): number {
    return this.#length;
  }

  /**
   * Prepares for the bytes from `offset` on. If the part holds bytes of another version (N7.20), it drops them and
   * returns false: the file must then be requested again from its start.
   */
  begin(version: string, total: number): boolean {
    if (this.#length > 0 && (version === "" || version !== this.#version)) {
      this.restart();
      return false;
    }
    this.#announced = version;
    this.#assertSpace(total - this.#length);
    if (this.#length === 0) this.#start(version, total);
    return true;
  }

  #start(version: string, total: number): void {
    const { fd, shared } = this.#lock;
    // An empty file is not truncated: ext4 takes that for a replacement, and writes the whole file to the disk when it is closed.
    if (fstat(fd).size > 0) truncate(fd);
    if (!shared || version === "" || total < MIN_RESUMABLE) return;
    this.#version = writeVersion(this.#versionPath, version) ? version : "";
  }

  /** Fails before the transfer if the disk is too small. */
  #assertSpace(bytes: number): void {
    if (bytes < MIN_CHECKED) return;
    const free = freeSpace(splitPath(this.destination).directory || ".");
    if (bytes <= free) return;
    const room = `the disk has room for ${free} bytes, and ${bytes} are to come: make room, or save on another disk`;
    throw new Failure("local", `Cannot save ${quote(this.destination)}: ${room}.`);
  }

  /** Drops all bytes. */
  restart(): void {
    truncate(this.#lock.fd);
    remove(this.#versionPath);
    this.#length = 0;
    this.#version = "";
  }

  /** Appends bytes. Throws a `Failure` of kind `local`, for example if the disk is full. */
  write(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;) {
        const count = writeSome(this.#lock.fd, bytes.subarray(done), this.#length);
        done += count;
        this.#length += count;
      }
    } catch (error) {
      throw localFailure(`Cannot write ${quote(this.destination)}`, error);
    }
  }

  /** Appends at most `max` bytes from a socket inside the kernel. `write` takes what the kernel cannot write, and reports why. */
  splice(socket: number, max: number): number {
    const count = this.#pipe.fill(socket, max);
    if (count === 0) return 0;
    if (count >= MIN_RESERVED) this.#reserve(count);
    this.#length += this.#pipe.drainTo(this.#lock.fd, this.#length);
    this.write(this.#pipe.takeRest());
    return count;
  }

  #reserve(bytes: number): void {
    try {
      reserveSpace(this.#lock.fd, this.#length, bytes);
    } catch (error) {
      throw localFailure(`Cannot write ${quote(this.destination)}`, error);
    }
  }

  /** The SHA-256 of all bytes in the part. */
  async hash(): Promise<string> {
    const { sha256 } = await import("../sys/digest.ts");
    return sha256(this.#lock.fd, this.#length);
  }

  /** Gives the file the time of the server's, in ms since 1970. */
  setTime(ms: number): void {
    setTime(this.#lock.fd, ms);
  }

  /** Forces all bytes to the disk, so that a power failure after `complete` cannot take them back. */
  async sync(): Promise<void> {
    await sync(this.#lock.fd, this.#length).catch((error) => {
      throw this.#keep(localFailure(`Cannot save ${quote(this.destination)}`, error));
    });
  }

  /** Gives the whole file its final name, and returns that. If it cannot, it keeps the part, and the failure says where. */
  complete(): string {
    const { fd, path } = this.#lock;
    try {
      if (!this.#hasItsName) throw new Failure("local", replacedMessage(path));
      setMode(fd, findMode(this.destination, this.policy));
      // Before publish: afterwards another client may own the names of the part.
      if (this.#version !== "") remove(this.#versionPath);
      const saved = publish(path, this.destination, this.policy);
      this.#isComplete = true;
      return saved;
    } catch (error) {
      throw this.#keep(error);
    }
  }

  /** Keeps the whole file, of which only the name is missing, for a later run or for the user. */
  #keep(error: unknown): Failure {
    const { fd, path, shared } = this.#lock;
    const message = formatError(error);
    if (!this.#hasItsName) {
      this.#length = 0; // nothing is here to be resumed
      return new Failure("local", message);
    }
    this.#isKept = true;
    setMode(fd, PRIVATE_MODE);
    const isResumable = shared && this.#announced !== "";
    const again = isResumable && writeVersion(this.#versionPath, this.#announced);
    const hint = again ? "rename it, or run the command again" : "rename it";
    return new Failure(
      "local",
      appendSentence(message, `All that came is kept as ${quote(path)}: ${hint}.`),
    );
  }

  /** True if a later run can continue from here. */
  get isResumable(): boolean {
    const isPart = !this.#isComplete && !this.#isKept;
    return isPart && this.#version !== "" && this.#length > 0;
  }

  /** Releases the lock, and removes a part that cannot be resumed. */
  [Symbol.dispose](): void {
    const { fd, path } = this.#lock;
    if (!this.isResumable && !this.#isComplete && !this.#isKept) {
      if (this.#hasItsName) remove(path);
      if (this.#version !== "") remove(this.#versionPath);
    }
    this.#pipe[Symbol.dispose]();
    closeFile(fd);
  }

  /** False if another program has removed or replaced the part: in a directory that others may write to, it could be theirs. */
  get #hasItsName(): boolean {
    return lstat(this.#lock.path)?.inode === fstat(this.#lock.fd).inode;
  }

  get #versionPath(): string {
    return `${this.#lock.path}.version`;
  }
}

function replacedMessage(path: string): string {
  return `Another program removed or replaced ${quote(path)}, where the bytes were kept: fetch the file again.`;
}

/** Writes the version into a new file, since an old one may be a link or a pipe. Returns false if it cannot: then the part is not resumable. */
function writeVersion(path: string, version: string): boolean {
  try {
    remove(path);
    writeText(path, version);
    return true;
  } catch {
    return false;
  }
}
