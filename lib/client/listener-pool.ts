// Keeps the listeners of data ports for the next files: to open one for each takes a tenth of the time of a small file.

import type { Endpoint } from "../net/address.ts";
import type { Connection } from "../net/connection.ts";
import { listen, type Listener } from "../net/socket.ts";

/** A listener, and who gets its connections now. */
interface PooledListener {
  readonly listener: Listener;
  onConnection: (connection: Connection) => void;
}

/** Disposing of it closes the listeners: those that are in use, when they are given back. */
export class ListenerPool implements Disposable {
  readonly #idle = new Map<string, PooledListener[]>();
  #isClosed = false;

  /** The same as `listen`, but disposing of the listener keeps it open for the next caller with the same address and port. */
  listen({ address, port }: Endpoint, onConnection: (connection: Connection) => void): Listener {
    const key = `${address} ${port}`;
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    const pooled = idle.pop() ?? open({ address, port });
    pooled.onConnection = onConnection;
    let isReturned = false;
    const giveBack = () => {
      if (isReturned) return;
      isReturned = true;
      pooled.onConnection = refuse;
      if (this.#isClosed) pooled.listener[Symbol.dispose]();
      else idle.push(pooled);
    };
    return { ...pooled.listener, [Symbol.dispose]: giveBack };
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const { listener } of [...this.#idle.values()].flat()) listener[Symbol.dispose]();
    this.#idle.clear();
  }
}

function open(at: Endpoint): PooledListener {
  const listener = listen(at, (connection) => pooled.onConnection(connection));
  const pooled: PooledListener = { listener, onConnection: refuse };
  return pooled;
}

/** Nobody waits for a connection now. */
function refuse(connection: Connection): void {
  connection.close();
}
