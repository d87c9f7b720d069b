// The client's data port: where Q is waited for, and told apart from whoever else connects.

import { AsyncEvent } from "../net/event.ts";
import type { Connection } from "../net/connection.ts";
import { Failure } from "../errors.ts";
import { listen, type Listener } from "../net/socket.ts";
import { type Endpoint, formatEndpoint } from "../net/address.ts";

/** Connections kept until `150` tells which one is Q. Of more the oldest is closed: those who came early and stay must not keep Q out. */
const MOST_CANDIDATES = 256;

/** Listens for Q on the address that P has, and on no other (N7.14). */
export class DataPort implements Disposable {
  readonly #listener: Listener;
  readonly #candidates = new Set<Connection>();
  readonly #arrival = new AsyncEvent();
  #expected: number | undefined;
  #interruption: Error | undefined;

  /** `port` 0 lets the system choose. `peer` is the only address that Q may come from. */
  constructor(
    address: string,
    port: number,
    private readonly peer: string,
  ) {
    this.#listener = listen({ address, port }, (connection) => this.#arrived(connection));
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Q: the connection from the server's `port` (N7.15). All others are closed at once. Waits at most `ms` milliseconds. */
  async waitForQ(port: number, ms: number): Promise<Connection> {
    const until = performance.now() + ms;
    this.#expected = port;
    for (const candidate of this.#candidates) if (!this.#mayBeQ(candidate)) this.#drop(candidate);
    for (;;) {
      const [q] = this.#candidates;
      if (q) return this.#choose(q);
      if (this.#interruption) throw this.#interruption;
      if (!(await this.#arrival.wait(until - performance.now()))) throw this.#missing(port);
    }
  }

  /** Makes a `take` that waits, or the next one, throw `reason`. */
  abort(reason: Error): void {
    this.#interruption = reason;
    this.#arrival.ring();
  }

  [Symbol.dispose](): void {
    this.#listener[Symbol.dispose]();
    for (const stranger of this.#candidates) stranger.close();
    this.#candidates.clear();
  }

  #arrived(connection: Connection): void {
    if (!this.#mayBeQ(connection)) return connection.close();
    const [oldest] = this.#candidates;
    if (oldest && this.#candidates.size >= MOST_CANDIDATES) this.#drop(oldest);
    this.#candidates.add(connection);
    this.#arrival.ring();
  }

  #mayBeQ({ remote }: Connection): boolean {
    return remote.address === this.peer && remote.port === (this.#expected ?? remote.port);
  }

  #drop(stranger: Connection): void {
    this.#candidates.delete(stranger);
    stranger.close();
  }

  #choose(q: Connection): Connection {
    this.#candidates.delete(q);
    this[Symbol.dispose]();
    return q;
  }

  #missing(port: number): Failure {
    const expected: Endpoint = { address: this.peer, port };
    const sentence = `The data connection from ${formatEndpoint(expected)} did not come, although the server announced it.`;
    return new Failure("timeout", sentence);
  }
}
