// Data ports for the load, opened before the clock starts and lent one at a time.

import type { Socket, TCPSocketListener } from "bun";

/**
 * How many ports are shared: a server that binds its end of Q may be given a port twice within a second, and the kernel
 * refuses the second connection between the same two ports. With this many that becomes one of 10,000.
 */
const PORTS = 1024;

/** What hears of one connection. */
export interface Ear {
  bytes(chunk: Buffer, socket: Socket<Ear>): void;
  ended(socket: Socket<Ear>): void;
}

/** One set of handlers for every socket of the load. */
export const HANDLERS = {
  data: (socket: Socket<Ear>, chunk: Buffer) => socket.data.bytes(chunk, socket),
  end: (socket: Socket<Ear>) => socket.data.ended(socket),
  close: (socket: Socket<Ear>) => socket.data.ended(socket),
  error: (socket: Socket<Ear>) => socket.data.ended(socket),
};

/** Listening ports. Whoever has borrowed one hears what comes there; nobody hears what comes to the others. */
export class Ports implements Disposable {
  readonly #free: TCPSocketListener<Ear>[] = [];
  readonly #ears = new Map<TCPSocketListener<Ear>, Ear>();

  constructor() {
    while (this.#free.length < PORTS) this.#free.push(this.#listen());
  }

  /** Lends the port that has rested longest. */
  borrow(ear: Ear): TCPSocketListener<Ear> {
    const listener = this.#free.shift() ?? this.#listen();
    this.#ears.set(listener, ear);
    return listener;
  }

  giveBack(listener: TCPSocketListener<Ear>): void {
    this.#ears.delete(listener);
    this.#free.push(listener);
  }

  [Symbol.dispose](): void {
    for (const listener of [...this.#free, ...this.#ears.keys()]) listener.stop(true);
  }

  #listen(): TCPSocketListener<Ear> {
    const open = (socket: Socket<Ear>) => {
      const ear = this.#ears.get(listener);
      if (ear) socket.data = ear;
      else socket.terminate();
    };
    const listener: TCPSocketListener<Ear> = Bun.listen<Ear>({
      hostname: "127.0.0.1",
      port: 0,
      allowHalfOpen: true,
      socket: { ...HANDLERS, open },
    });
    return listener;
  }
}
