// Data ports for the load. They are opened before the clock starts, and each transfer borrows one.

import type { Socket, TCPSocketListener } from "bun";

/**
 * How many ports to share. A server that binds its end of Q may get the same port twice within a second, and the kernel
 * refuses a second connection between the same two ports. With so many ports this happens to one transfer of 10,000.
 */
const PORTS = 1024;

/** Receives what arrives on one connection. */
export interface SocketOwner {
  onBytes(chunk: Buffer, socket: Socket<SocketOwner>): void;
  onEnd(socket: Socket<SocketOwner>): void;
}

/** The handlers of every socket of the load. */
export const HANDLERS = {
  data: (socket: Socket<SocketOwner>, chunk: Buffer) => socket.data.onBytes(chunk, socket),
  end: (socket: Socket<SocketOwner>) => socket.data.onEnd(socket),
  close: (socket: Socket<SocketOwner>) => socket.data.onEnd(socket),
  error: (socket: Socket<SocketOwner>) => socket.data.onEnd(socket),
};

/** The owner of connections to a port that no transfer has borrowed. */
const NOBODY: SocketOwner = {
  onBytes: (_chunk, socket) => socket.terminate(),
  onEnd: (socket) => socket.terminate(),
};

/** A listening port. New connections to it belong to the owner in `data`. */
export type LeasedPort = TCPSocketListener<SocketOwner>;

export class PortPool implements Disposable {
  readonly #all: LeasedPort[] = Array.from({ length: PORTS }, listen);
  readonly #free = [...this.#all];

  /** Lends the port that has been free for the longest time. */
  borrow(owner: SocketOwner): LeasedPort {
    const port = this.#free.shift();
    if (!port) throw new Error(`More than ${PORTS} transfers at once are not possible.`);
    port.data = owner;
    return port;
  }

  giveBack(port: LeasedPort): void {
    port.data = NOBODY;
    this.#free.push(port);
  }

  [Symbol.dispose](): void {
    for (const port of this.#all) port.stop(true);
  }
}

function listen(): LeasedPort {
  const options = { hostname: "127.0.0.1", port: 0, allowHalfOpen: true };
  return Bun.listen<SocketOwner>({ ...options, data: NOBODY, socket: HANDLERS });
}
