// Bytes to lines, with a maximum and a time limit for the whole request.

import type { Socket } from "node:net";

export type Broken = "too long" | "too late" | "gone" | "foreign";

const HANDSHAKE = 0x16; // no line begins so, but a client that speaks TLS

/** Reads lines off a socket; whatever follows the last line that was asked for stays unread. */
export class Lines {
  /** A CR before the LF is a part of the line's end. */
  carriage = true;
  #kept: Buffer = Buffer.alloc(0);
  #broken: Broken | undefined;
  #wake: () => void = () => {};

  constructor(
    readonly socket: Socket,
    readonly maximum: number,
    limit: number,
  ) {
    const timer = setTimeout(() => this.#fail("too late"), limit);
    socket.on("data", (piece: Buffer) => this.#take(piece));
    socket.on("end", () => this.#fail("gone"));
    socket.on("error", () => this.#fail("gone"));
    socket.on("close", () => {
      clearTimeout(timer);
      this.#fail("gone");
    });
  }

  async next(): Promise<Buffer | Broken> {
    for (;;) {
      const end = this.#kept.indexOf(0x0a);
      if (end >= this.maximum || (end < 0 && this.#kept.length >= this.maximum)) return "too long";
      if (this.#kept[0] === HANDSHAKE) return "foreign";
      if (end >= 0) return this.#cut(end);
      if (this.#broken) return this.#broken;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Reads on and ignores. */
  stop(): void {
    this.#take = () => {};
    this.#kept = Buffer.alloc(0);
  }

  #cut(end: number): Buffer {
    const line = this.#kept.subarray(
      0,
      this.carriage && this.#kept[end - 1] === 0x0d ? end - 1 : end,
    );
    this.#kept = this.#kept.subarray(end + 1);
    return line;
  }

  #take = (piece: Buffer): void => {
    this.#kept = Buffer.concat([this.#kept, piece]);
    this.#wake();
  };

  #fail(how: Broken): void {
    this.#broken ??= how;
    this.#wake();
  }
}
