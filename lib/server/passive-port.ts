// The port at which the server waits for Q after PASV: it takes the connection that brings the key, which only P has carried.

import { replyFailure } from "../errors.ts";
import type { Connection } from "../net/connection.ts";
import { AsyncEvent } from "../net/event.ts";
import { formatSeconds } from "../net/receiver.ts";
import { Semaphore } from "../net/semaphore.ts";
import { listen, type Listener } from "../net/socket.ts";
import type { PortRange } from "../protocol/port.ts";
import { expectKey, newKey } from "../tls/transfer-key.ts";
import type { ServerContext } from "./server-context.ts";

/** The system chooses a port. */
const ANY: PortRange = { first: 0, last: 0 };

/**
 * Listens for one Q, from its construction on. Whoever connects has the rest of the time to bring the key, and keeps nobody
 * else from it. If there is no place for one more, the oldest connection is closed: idle strangers must not keep Q out.
 */
export class PassivePort implements Disposable {
  readonly key = newKey();
  readonly #listener: Listener;
  readonly #end: number;
  readonly #candidates = new Map<Connection, Disposable>();
  /** The first candidate needs no place among the strangers of all ports. */
  readonly #firstPlace = new Semaphore(1);
  readonly #change = new AsyncEvent();
  #q: Connection | undefined;
  #abortReason: Error | undefined;

  /** Listens at the address at which `p` arrived. Throws a `Failure` of code 425 if no port is free. */
  constructor(
    private readonly p: Connection,
    private readonly context: Pick<ServerContext, "limits" | "passivePorts" | "strangers" | "tls">,
  ) {
    const { limits, passivePorts = ANY } = context;
    this.#end = performance.now() + limits.dial;
    const onConnection = (candidate: Connection) => this.#onConnection(candidate);
    this.#listener = listenInRange(p.local.address, passivePorts, onConnection);
    this.#listener.limitReceiveBuffers();
  }

  get number(): number {
    return this.#listener.port;
  }

  /** Returns Q, and closes all others. Throws a `Failure` of code 425 if it has not come within the time of a dial. */
  async waitForQ(): Promise<Connection> {
    const { number } = this;
    while (!this.#q && !this.#abortReason) {
      if (await this.#change.wait(this.#remaining)) continue;
      const seconds = formatSeconds(this.context.limits.dial);
      throw replyFailure(425, `Nobody brought the key to port ${number} within ${seconds}.`);
    }
    if (this.#q) return this.#q;
    throw this.#abortReason;
  }

  /** Makes the present or the next `waitForQ` throw `reason`. */
  abort(reason: Error): void {
    this.#abortReason = reason;
    this.#change.notify();
  }

  [Symbol.dispose](): void {
    this.#listener[Symbol.dispose]();
    for (const candidate of this.#candidates.keys()) this.#drop(candidate);
  }

  get #remaining(): number {
    return this.#end - performance.now();
  }

  #onConnection(candidate: Connection): void {
    let place = this.#takePlace();
    if (!place) {
      this.#drop(this.#findUnlikely());
      place = this.#takePlace();
    }
    if (!place) return candidate.close();
    this.#candidates.set(candidate, place);
    void this.#check(candidate);
  }

  #takePlace(): Disposable | undefined {
    return this.#firstPlace.acquire() ?? this.context.strangers.acquire();
  }

  /** Behind one NAT strangers have the client's address, and a client may have several: so this tells only who must go first. */
  #findUnlikely(): Connection | undefined {
    const all = [...this.#candidates.keys()];
    return all.find(({ remote }) => remote.address !== this.p.remote.address) ?? all[0];
  }

  async #check(candidate: Connection): Promise<void> {
    const { tls } = this.context;
    try {
      await (tls ?? { acceptQ: expectKey }).acceptQ(candidate, this.key, this.#remaining);
    } catch {
      return this.#drop(candidate); // a stranger
    }
    const place = this.#candidates.get(candidate);
    if (!place) return; // another connection of the client was faster
    place[Symbol.dispose]();
    this.#candidates.delete(candidate);
    this.#q = candidate;
    this[Symbol.dispose]();
    this.#change.notify();
  }

  #drop(candidate: Connection | undefined): void {
    if (!candidate) return;
    candidate.abort(replyFailure(425, "The connection has not brought the key."));
    this.#candidates.get(candidate)?.[Symbol.dispose]();
    this.#candidates.delete(candidate);
  }
}

/** The first port is chosen at random, so that several processes rarely try the same one. A port in use is skipped. */
function listenInRange(
  address: string,
  { first, last }: PortRange,
  onConnection: (connection: Connection) => void,
): Listener {
  const count = last - first + 1;
  const start = Math.floor(Math.random() * count);
  for (let tries = 0; tries < count; tries++) {
    try {
      return listen({ address, port: first + ((start + tries) % count) }, onConnection);
    } catch {
      // The next one may be free.
    }
  }
  const which = first === 0 ? "No port" : `None of the ports ${first} to ${last}`;
  throw replyFailure(
    425,
    `${which} of the server is free for the data connection: try again later.`,
  );
}
