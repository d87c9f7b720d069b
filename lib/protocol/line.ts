// Splits a stream of bytes into lines of a limited length.

import { Failure } from "../errors.ts";

const LF = 0x0a;
const CR = 0x0d;

/** A line ends with LF or CR LF (PROTOCOL.md N6.1, N6.2). A line may come in any number of pieces. */
export class LineSplitter {
  #pending: Uint8Array = new Uint8Array(0);

  /** `max` is the length of the longest line in bytes, including its end. */
  constructor(private readonly max: number) {}

  /** True if there are no bytes of an unfinished line. */
  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** Takes the next bytes of the stream. */
  push(bytes: Uint8Array): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
  }

  /**
   * The next whole line without its end; undefined if it has not come yet.
   * Throws a `Failure` of code 500 as soon as a line must become longer than the maximum.
   */
  next(): Uint8Array | undefined {
    const end = this.#pending.indexOf(LF);
    const length = end < 0 ? this.#pending.length : end + 1;
    if (length > this.max || (end < 0 && length === this.max)) throw this.#tooLongFailure();
    if (end < 0) return undefined;
    const line = this.#pending.subarray(0, this.#pending[end - 1] === CR ? end - 1 : end);
    this.#pending = this.#pending.subarray(end + 1);
    return line;
  }

  #tooLongFailure(): Failure {
    this.#pending = new Uint8Array(0);
    return new Failure("protocol", `The line is longer than ${this.max} bytes.`, 500);
  }
}
