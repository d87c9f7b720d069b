// The part file: where a transfer is kept until it is whole, and found again after it was cut.

import { lockPart } from "./part-lock.ts";
import {
  closeFile,
  readText,
  remove,
  reserve,
  statusOf,
  truncate,
  writeSome,
  writeText,
} from "../sys/file.ts";
import { Pipe } from "../sys/pipe.ts";
import { checkDestination, localFailure, type OnDuplicate, publish, quote } from "./save.ts";

/** Files smaller than this are fetched again rather than resumed: it saves a second file on disk for each. In bytes. */
const WORTH_RESUMING = 64 * 1024;

/** Room is reserved for this many bytes and more: with fewer it takes longer than it spares. */
const WORTH_RESERVING = 1024 * 1024;

/** Receives one file. Its lock keeps a second client from writing to the same part; both end with `close`. */
export class PartFile implements Disposable {
  readonly #path: string;
  readonly #fd: number;
  readonly #shared: boolean;
  #length: number;
  #version = "";
  #done = false;
  #reserved = false;
  readonly #pipe = new Pipe();

  /** Checks the destination, and takes up the part that an earlier run left. Throws a `Failure` of kind `local`. */
  constructor(
    private readonly destination: string,
    private readonly policy: OnDuplicate,
  ) {
    checkDestination(destination, policy);
    ({ path: this.#path, fd: this.#fd, shared: this.#shared } = lockPart(destination));
    const { size } = statusOf(this.#fd);
    this.#version = this.#shared && size > 0 ? readText(this.#versionPath) : "";
    this.#length = this.#version === "" ? 0 : size;
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
    if (this.#length === 0 && statusOf(this.#fd).size > 0) truncate(this.#fd);
    if (this.#length === 0 && this.#shared && version !== "" && total >= WORTH_RESUMING) {
      this.#version = noteVersion(this.#versionPath, version);
    }
    this.#reserve(total - this.#length);
    return true;
  }

  /** A disk that is too small is found out before anything is sent. */
  #reserve(bytes: number): void {
    if (bytes < WORTH_RESERVING) return;
    try {
      reserve(this.#fd, this.#length, bytes);
      this.#reserved = true;
    } catch (error) {
      throw localFailure(`Cannot save ${quote(this.destination)}`, error);
    }
  }

  /** Drops what is there. */
  restart(): void {
    truncate(this.#fd);
    remove(this.#versionPath);
    this.#length = 0;
    this.#version = "";
  }

  /** Appends bytes. Throws a `Failure` of kind `local`, for example where the disk is full. */
  write(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;) {
        const count = writeSome(this.#fd, bytes.subarray(done), this.#length);
        done += count;
        this.#length += count;
      }
    } catch (error) {
      throw localFailure(`Cannot write ${quote(this.destination)}`, error);
    }
  }

  /** Appends bytes past this process; what the kernel cannot place so is written as above, and fails as above. */
  splice(socket: number, most: number): number {
    const filled = this.#pipe.fill(socket, most);
    if (filled === 0) return 0;
    this.#length += this.#pipe.pour(this.#fd, this.#length);
    this.write(this.#pipe.take());
    return filled;
  }

  /** The SHA-256 of what is there. */
  async hash(): Promise<string> {
    const { sha256 } = await import("../sys/digest.ts");
    return sha256(this.#fd, this.#length);
  }

  /** The file is whole: gives it its final name, and returns that. */
  complete(): string {
    this.#done = true;
    // Once published, the part's name may be another client's already: nothing of ours may be left to remove by then.
    if (this.#version !== "") remove(this.#versionPath);
    try {
      return publish(this.#path, this.destination, this.policy);
    } catch (error) {
      remove(this.#path);
      throw error;
    }
  }

  /** The file is worthless: forgets it. */
  discard(): void {
    this.#done = true;
    this.#remove();
  }

  /** True where the next run can go on from here. */
  get isResumable(): boolean {
    return !this.#done && this.#version !== "" && this.#length > 0;
  }

  /** Releases the lock; a part that cannot be resumed is removed. */
  [Symbol.dispose](): void {
    if (!this.#done && !this.isResumable) this.#remove();
    // What is kept for the next run must not hold room on the disk that it does not fill.
    else if (!this.#done && this.#reserved) truncate(this.#fd, this.#length);
    this.#pipe[Symbol.dispose]();
    closeFile(this.#fd);
  }

  get #versionPath(): string {
    return `${this.#path}.version`;
  }

  #remove(): void {
    remove(this.#path);
    if (this.#version !== "") remove(this.#versionPath);
  }
}

/** Writes the version beside the part, in a new file: what stood there might be a link or a pipe. Empty where it cannot be, so that the part is not resumed. */
function noteVersion(path: string, version: string): string {
  try {
    remove(path);
    writeText(path, version);
    return version;
  } catch {
    return "";
  }
}
