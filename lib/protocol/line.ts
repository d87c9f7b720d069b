// Bytes to lines: a splitter that never holds more than one line of a required maximum length.

import { Failure } from "../errors.ts";

const LF = 0x0a;
const CR = 0x0d;

/** Splits a stream of bytes at LF, or at CR LF (PROTOCOL.md N6.1, N6.2), wherever the stream was cut. */
export class LineSplitter {
  #pending: Uint8Array = new Uint8Array(0);

  /** `maximum` is the longest line in bytes, its end included. */
  constructor(private readonly maximum: number) {}

  /** True where no line has been begun. */
  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** Takes the next bytes of the stream. */
  push(bytes: Uint8Array): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
  }

  /**
   * The next whole line without its end, or undefined while there is none yet.
   * Throws a `Failure` of code 500 as soon as a line is known to be longer than the maximum.
   */
  next(): Uint8Array | undefined {
    const end = this.#pending.indexOf(LF);
    const length = end < 0 ? this.#pending.length : end + 1;
    if (length > this.maximum || (end < 0 && length === this.maximum)) throw this.#tooLong();
    if (end < 0) return undefined;
    const line = this.#pending.subarray(0, this.#pending[end - 1] === CR ? end - 1 : end);
    this.#pending = this.#pending.subarray(end + 1);
    return line;
  }

  #tooLong(): Failure {
    this.#pending = new Uint8Array(0);
    return new Failure("protocol", `The line is longer than ${this.maximum} bytes.`, 500);
  }
}
