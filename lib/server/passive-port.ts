// The port at which the server waits for Q after PASV: it takes the connection that brings the key, which only P has carried.

import { replyFailure } from "../errors.ts";
import { clientSource } from "../net/client-source.ts";
import type { Connection } from "../net/connection.ts";
import { AsyncEvent } from "../net/event.ts";
import { formatSeconds } from "../net/receiver.ts";
import { Semaphore } from "../net/semaphore.ts";
import type { TlsServer } from "../tls/tls-server.ts";
import { expectKey, newKey } from "../tls/transfer-key.ts";
import type { ServerLimits } from "./limits.ts";
import type { OpenPort, PassivePorts } from "./passive-ports.ts";

/** What all passive ports of a server share. */
export interface PassiveContext {
  readonly limits: Pick<ServerLimits, "dial">;
  readonly ports: PassivePorts;
  readonly tls?: TlsServer | undefined;
  /** The places of connections that have not shown the key, beyond one for each port. */
  readonly strangers: Semaphore;
}

/** A client waits for a free port for this part of the time of a dial, so that it still reads the reply in time. */
const WAITING_PART = 0.5;

/**
 * Listens for one Q. Whoever connects has the rest of the time to bring the key, and keeps nobody else from it. If there is no
 * place for one more, the oldest from another address is closed, or else the oldest: idle strangers must not keep Q out.
 */
export class PassivePort implements Disposable {
  readonly key = newKey();
  #port: OpenPort | undefined;
  #end = 0;
  readonly #candidates = new Map<Connection, Disposable>();
  /** The first candidate needs no place among the strangers of all ports. */
  readonly #firstPlace = new Semaphore(1);
  readonly #change = new AsyncEvent();
  #q: Connection | undefined;
  #abortReason: Error | undefined;

  constructor(
    private readonly p: Connection,
    private readonly context: PassiveContext,
  ) {}

  /** Listens at the address at which P arrived, and returns the port. Throws a `Failure` of code 425 if no port is free. */
  async open(): Promise<number> {
    const { limits, ports } = this.context;
    const { local, remote } = this.p;
    const request = {
      address: local.address,
      source: clientSource(remote.address),
      onConnection: (candidate: Connection) => this.#onConnection(candidate),
      onLost: (reason: Error) => this.abort(reason),
    };
    this.#port = await ports.open(request, limits.dial * WAITING_PART);
    this.#end = performance.now() + limits.dial;
    return this.#port.number;
  }

  /** Returns Q, and closes all others. Throws a `Failure` of code 425 if it has not come within the time of a dial. */
  async waitForQ(): Promise<Connection> {
    while (!this.#q && !this.#abortReason) {
      if (await this.#change.wait(this.#remaining)) continue;
      const seconds = formatSeconds(this.context.limits.dial);
      throw replyFailure(
        425,
        `Nobody brought the key to port ${this.#port?.number} within ${seconds}.`,
      );
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
    this.#port?.[Symbol.dispose]();
    for (const candidate of this.#candidates.keys()) this.#drop(candidate);
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
