// The port at which the server waits for Q after PASV: it takes the connection that brings the key, which only P has carried.

import { replyFailure } from "../errors.ts";
import { clientSource } from "../net/client-source.ts";
import type { Connection } from "../net/connection.ts";
import { AsyncEvent } from "../net/event.ts";
import { formatSeconds } from "../net/receiver.ts";
import { Semaphore } from "../net/semaphore.ts";
import { listen, type Listener } from "../net/socket.ts";
import type { PortRange } from "../protocol/port.ts";
import type { TlsServer } from "../tls/tls-server.ts";
import { expectKey, newKey } from "../tls/transfer-key.ts";
import type { ServerLimits } from "./limits.ts";

/** The system chooses a port. */
const ANY: PortRange = { first: 0, last: 0 };

/** What all passive ports of a server share. */
export interface PassiveContext {
  readonly limits: Pick<ServerLimits, "dial">;
  readonly passivePorts?: PortRange | undefined;
  readonly tls?: TlsServer | undefined;
  /** The places of connections that have not shown the key, beyond one for each port. */
  readonly strangers: Semaphore;
  /** The ports that are open now, the oldest first. */
  readonly openPorts: Set<PassivePort>;
}

/**
 * Listens for one Q, from its construction on. Whoever connects has the rest of the time to bring the key, and keeps nobody
 * else from it. If there is no place for one more, the oldest from another address is closed, or else the oldest: idle strangers must not keep Q out.
 */
export class PassivePort implements Disposable {
  readonly key = newKey();
  readonly #listener: Listener;
  /** Who the client is to the limits. */
  readonly #source: string;
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
    private readonly context: PassiveContext,
  ) {
    this.#source = clientSource(p.remote.address);
    this.#end = performance.now() + context.limits.dial;
    this.#listener = this.#listen(context.passivePorts ?? ANY);
    this.#listener.limitReceiveBuffers();
    context.openPorts.add(this);
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
    this.context.openPorts.delete(this);
    this.#listener[Symbol.dispose]();
    for (const candidate of this.#candidates.keys()) this.#drop(candidate);
  }

  /** The first port is chosen at random, so that several processes rarely try the same one. A port in use is skipped. */
  #listen({ first, last }: PortRange): Listener {
    const count = last - first + 1;
    const start = Math.floor(Math.random() * count);
    for (let tries = 0; tries < count; tries++) {
      const listener = this.#tryListen(first + ((start + tries) % count));
      if (listener) return listener;
    }
    const listener = this.#tryListen(this.#takeOver());
    if (listener) return listener;
    const which = first === 0 ? "No port" : `None of the ports ${first} to ${last}`;
    const sentence = `${which} of the server is free for the data connection: try again later.`;
    throw replyFailure(425, sentence);
  }

  #tryListen(port: number | undefined): Listener | undefined {
    if (port === undefined) return undefined;
    const onConnection = (candidate: Connection) => this.#onConnection(candidate);
    try {
      return listen({ address: this.p.local.address, port }, onConnection);
    } catch {
      return undefined; // the next one may be free
    }
  }

  /** Closes the oldest port of the host that has most, if that is at least two more than ours: no host can keep all others out. */
  #takeOver(): number | undefined {
    const ports = Map.groupBy(this.context.openPorts, (port) => port.#source);
    const own = ports.get(this.#source)?.length ?? 0;
    const most = [...ports.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
    const [oldest] = most;
    if (!oldest || most.length < own + 2) return undefined;
    const { number } = oldest;
    oldest[Symbol.dispose]();
    oldest.abort(replyFailure(425, "Another client needed the port: try again later."));
    return number;
  }

  get #remaining(): number {
    return this.#end - performance.now();
  }

  #onConnection(candidate: Connection): void {
    let place = this.#takePlace();
    if (!place) {
      const unlikely = this.#findUnlikely(candidate);
      this.#drop(unlikely);
      if (unlikely !== candidate) place = this.#takePlace(); // the one that is free now
    }
    if (!place) return;
    this.#candidates.set(candidate, place);
    void this.#check(candidate);
  }

  #takePlace(): Disposable | undefined {
    return this.#firstPlace.acquire() ?? this.context.strangers.acquire();
  }

  /** Behind one NAT strangers have the client's address, and a client may have several: so this tells only who must go first. */
  #findUnlikely(newest: Connection): Connection {
    const [oldest = newest, ...others] = [...this.#candidates.keys(), newest];
    const isElsewhere = ({ remote }: Connection) => remote.address !== this.p.remote.address;
    return [oldest, ...others].find(isElsewhere) ?? oldest;
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

  #drop(candidate: Connection): void {
    candidate.abort(replyFailure(425, "The connection has not brought the key."));
    this.#candidates.get(candidate)?.[Symbol.dispose]();
    this.#candidates.delete(candidate);
  }
}
