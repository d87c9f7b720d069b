// A Unix socket that receives datagrams, as a service manager has one.

import { bind } from "../sys/libc.ts";

const AF_UNIX = 1;
const SOCK_DGRAM_NONBLOCK = 2 | 0o4000 | 0o2000000;

const calls = bind({
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
  close: { args: ["i32"], returns: "i32" },
});

export const canReceiveDatagrams = calls !== undefined;

export class DatagramReceiver implements Disposable {
  readonly #socket = calls?.socket(AF_UNIX, SOCK_DGRAM_NONBLOCK, 0) ?? -1;

  /** `name` is the path; a NUL at its beginning makes it an abstract one. */
  constructor(name: string) {
    const address = Buffer.from(`\x01\0${name}`);
    if (calls?.bind(this.#socket, address, address.length) !== 0)
      throw new Error(`no socket can be bound to ${JSON.stringify(name)}`);
  }

  /** The next datagram; undefined if none is there. */
  receive(): string | undefined {
    const buffer = new Uint8Array(256);
    const count = Number(calls?.recv(this.#socket, buffer, buffer.length, 0));
    return count < 0 ? undefined : Buffer.from(buffer.subarray(0, count)).toString();
  }

  [Symbol.dispose](): void {
    calls?.close(this.#socket);
  }
}
