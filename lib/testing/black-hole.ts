// A port that never answers a connect, on Linux.

import { dlopen, ptr } from "bun:ffi";
import type { Connection } from "../net/connection.ts";
import { dial } from "../net/socket.ts";

const AF_INET = 2;
const SOCK_STREAM = 1;

/** A listener that accepts nothing and whose queue is full: the kernel drops every further SYN. */
export class BlackHole implements Disposable {
  readonly #libc = dlopen("libc.so.6", {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    listen: { args: ["i32", "i32"], returns: "i32" },
    accept: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
    getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
  }).symbols;
  readonly #fd = this.#libc.socket(AF_INET, SOCK_STREAM, 0);
  readonly #accepted: number[] = [];
  readonly #queued: Connection[] = [];
  readonly address = "127.0.0.1";
  readonly port: number;
  #open = true;

  constructor() {
    const name = Buffer.from([AF_INET, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    this.#libc.bind(this.#fd, ptr(name), name.length);
    this.#libc.listen(this.#fd, 0);
    this.#libc.getsockname(this.#fd, ptr(name), ptr(Uint32Array.of(name.length)));
    this.port = name.readUInt16BE(2);
  }

  /** Connects until a connect gets no answer. */
  async fill(): Promise<void> {
    for (let count = 0; count < 4; count++) {
      const connection = await dial(this, 100).catch(() => undefined);
      if (!connection) return;
      this.#queued.push(connection);
    }
    throw new Error("the queue did not fill up");
  }

  /** Accepts all connections in the queue, so that the next connect succeeds. Returns how many. */
  accept(): number {
    for (const _ of this.#queued) this.#accepted.push(this.#libc.accept(this.#fd, null, null));
    return this.#accepted.length;
  }

  close(): void {
    if (this.#open) this.#libc.close(this.#fd);
    this.#open = false;
  }

  [Symbol.dispose](): void {
    this.close();
    for (const connection of this.#queued) connection.close();
    for (const fd of this.#accepted) this.#libc.close(fd);
  }
}
