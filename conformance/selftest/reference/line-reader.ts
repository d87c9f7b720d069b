// Reads lines from a socket, with a length limit for each and one time limit for all.

import type { Socket } from "node:net";
import { TLS_HANDSHAKE } from "./tls.ts";

export type LineFailure = "too long" | "too late" | "closed" | "TLS";

const LF = 0x0a;
const CR = 0x0d;

export class LineReader {
  /** Whether a CR before the LF belongs to the end of the line. */
  stripsCr = true;
  #unread: Buffer = Buffer.alloc(0);
  #failure: LineFailure | undefined;
  #wake: () => void = () => {};

  constructor(
    readonly socket: Socket,
    readonly maximum: number,
    timeLimit: number,
  ) {
    const timer = setTimeout(() => this.#fail("too late"), timeLimit);
    socket.on("data", (piece: Buffer) => this.#append(piece));
    for (const event of ["end", "error", "close"]) socket.on(event, () => this.#fail("closed"));
    socket.once("close", () => clearTimeout(timer));
  }

  /** Returns the next line without its end, or why there is none. */
  async next(): Promise<Buffer | LineFailure> {
    for (;;) {
      const end = this.#unread.indexOf(LF);
      if ((end < 0 ? this.#unread.length : end) >= this.maximum) return "too long";
      if (this.#unread[0] === TLS_HANDSHAKE) return "TLS";
      if (end >= 0) return this.#takeLine(end);
      if (this.#failure) return this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #takeLine(lf: number): Buffer {
    const end = this.stripsCr && this.#unread[lf - 1] === CR ? lf - 1 : lf;
    const line = this.#unread.subarray(0, end);
    this.#unread = this.#unread.subarray(lf + 1);
    return line;
  }

  #append(piece: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, piece]);
    this.#wake();
  }

  #fail(failure: LineFailure): void {
    this.#failure ??= failure;
    this.#wake();
  }
}
