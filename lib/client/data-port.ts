// The client's data port: waits for Q, and closes every other connection.

import type { Connection } from "../net/connection.ts";
import { formatEndpoint } from "../net/address.ts";
import { AsyncEvent } from "../net/event.ts";
import { formatSeconds } from "../net/receiver.ts";
import { listen, type Listener } from "../net/socket.ts";
import type { ListenerPool } from "./listener-pool.ts";
import { NoDataConnection } from "./data-mode.ts";

/** Connections that are kept until `150` names the port of Q. If more come, the oldest is closed: idle strangers must not keep Q out. */
const MAX_CANDIDATES = 256;

/** Listens for Q on the address of our end of P, and on no other (N7.14). */
export class DataPort implements Disposable {
  readonly #listener: Listener;
  readonly #candidates = new Set<Connection>();
  readonly #arrival = new AsyncEvent();
  /** The server's port of Q, once `150` has named it. */
  #portOfQ: number | undefined;
  #abortReason: Error | undefined;

  /** `port` 0 lets the system choose. Q may come only from the address `peer`. */
  constructor(
    address: string,
    port: number,
    private readonly peer: string,
    listeners?: ListenerPool,
  ) {
    const onConnection = (connection: Connection) => this.#onConnection(connection);
    const at = { address, port };
    this.#listener = listeners ? listeners.listen(at, onConnection) : listen(at, onConnection);
  }

  get port(): number {
    return this.#listener.port;
  }

  /** True if a connection from the server's host is here. */
  get hasArrivals(): boolean {
    return this.#candidates.size > 0;
  }

  /** Returns Q, the connection from the server's `port` (N7.15), and closes all others. Waits at most `ms` milliseconds. */
  async waitForQ(port: number, ms: number): Promise<Connection> {
    const deadline = performance.now() + ms;
    this.#portOfQ = port;
    for (const candidate of this.#candidates) if (!this.#canBeQ(candidate)) this.#drop(candidate);
    for (;;) {
      if (this.#abortReason) throw this.#abortReason;
      const [q] = this.#candidates;
      if (q) {
        this.#candidates.delete(q);
        this[Symbol.dispose]();
        return q;
      }
      if (await this.#arrival.wait(deadline - performance.now())) continue;
      const from = formatEndpoint({ address: this.peer, port });
      const sentence = `The server announced a data connection from ${from}, but it did not arrive within ${formatSeconds(ms)}.`;
      throw new NoDataConnection("timeout", sentence, "", this.port);
    }
  }

  /** Closes it, and makes the present or the next `waitForQ` throw `reason`. */
  abort(reason: Error): void {
    this[Symbol.dispose]();
    this.#abortReason = reason;
    this.#arrival.notify();
  }

  [Symbol.dispose](): void {
    this.#listener[Symbol.dispose]();
    for (const candidate of this.#candidates) candidate.close();
    this.#candidates.clear();
  }

  #onConnection(connection: Connection): void {
    if (!this.#canBeQ(connection)) return connection.close();
    const [oldest] = this.#candidates;
    if (oldest && this.#candidates.size >= MAX_CANDIDATES) this.#drop(oldest);
    this.#candidates.add(connection);
    this.#arrival.notify();
  }

  #canBeQ({ remote }: Connection): boolean {
    return remote.address === this.peer && remote.port === (this.#portOfQ ?? remote.port);
  }

  #drop(candidate: Connection): void {
    this.#candidates.delete(candidate);
    candidate.close();
  }
}

export function noArrivalFailure(port: number, ms: number): NoDataConnection {
  const sentence = `No data connection from the server came to port ${port} within ${formatSeconds(ms)}.`;
  return new NoDataConnection("timeout", sentence, "", port);
}
