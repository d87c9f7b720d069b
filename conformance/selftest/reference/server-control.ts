// P at the reference server: the client's lines, the replies and the end.

import type { Socket } from "node:net";
import { LineReader } from "./line-reader.ts";

const LINE_LIMIT = 4_096; // bytes with the end of the line (PROTOCOL.md)
const REQUEST_LIMIT = 5_000; // the client sends what its user typed before it connected

/** A reply that ends the session. */
export class Refusal extends Error {}

export class ServerControl {
  readonly lines: LineReader;
  /** A client closes as soon as it has read the last reply. */
  readonly closeLimit: number = 2_000;

  constructor(readonly socket: Socket) {
    socket.setNoDelay(true);
    this.lines = new LineReader(socket, LINE_LIMIT, REQUEST_LIMIT);
  }

  async reply(text: string): Promise<void> {
    if (this.socket.writable) this.socket.write(`${text}\n`);
  }

  /** Sends a FIN, and waits a limited time for that of the client. */
  async close(): Promise<void> {
    const { socket } = this;
    if (socket.destroyed) return;
    socket.removeAllListeners("data").resume();
    socket.end();
    const timer = setTimeout(() => socket.destroy(), this.closeLimit);
    await new Promise<void>((resolve) => socket.once("end", resolve).once("close", resolve));
    clearTimeout(timer);
    socket.destroy();
  }
}
