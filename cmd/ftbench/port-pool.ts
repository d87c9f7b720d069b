// Data ports for the load, opened before the clock starts and lent one at a time.

import type { Socket, TCPSocketListener } from "bun";

/**
 * How many ports are shared: a server that binds its end of Q may be given a port twice within a second, and the kernel
 * refuses the second connection between the same two ports. With this many that becomes one of 10,000.
 */
const PORTS = 1024;

/** What hears of one connection. */
export interface DataListener {
  bytes(chunk: Buffer, socket: Socket<DataListener>): void;
  ended(socket: Socket<DataListener>): void;
}

/** One set of handlers for every socket of the load. */
export const HANDLERS = {
  data: (socket: Socket<DataListener>, chunk: Buffer) => socket.data.bytes(chunk, socket),
  end: (socket: Socket<DataListener>) => socket.data.ended(socket),
  close: (socket: Socket<DataListener>) => socket.data.ended(socket),
  error: (socket: Socket<DataListener>) => socket.data.ended(socket),
};

/** Listening ports. Whoever has borrowed one hears what comes there; nobody hears what comes to the others. */
export class PortPool implements Disposable {
  readonly #free: TCPSocketListener<DataListener>[] = [];
  readonly #ears = new Map<TCPSocketListener<DataListener>, DataListener>();

  constructor() {
    while (this.#free.length < PORTS) this.#free.push(this.#listen());
  }

  /** Lends the port that has rested longest. */
  borrow(ear: DataListener): TCPSocketListener<DataListener> {
    const listener = this.#free.shift() ?? this.#listen();
    this.#ears.set(listener, ear);
    return listener;
  }

  giveBack(listener: TCPSocketListener<DataListener>): void {
    this.#ears.delete(listener);
    this.#free.push(listener);
  }

  [Symbol.dispose](): void {
    for (const listener of [...this.#free, ...this.#ears.keys()]) listener.stop(true);
  }

  #listen(): TCPSocketListener<DataListener> {
    const open = (socket: Socket<DataListener>) => {
      const ear = this.#ears.get(listener);
      if (ear) socket.data = ear;
      else socket.terminate();
    };
    const listener: TCPSocketListener<DataListener> = Bun.listen<DataListener>({
      hostname: "127.0.0.1",
      port: 0,
      allowHalfOpen: true,
      socket: { ...HANDLERS, open },
    });
    return listener;
  }
}
