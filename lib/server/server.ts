// The server: listens, hands each connection to a session within the limits, and stops in order.

import { ClientTable, type Slot } from "./client-table.ts";
import type { Connection } from "../net/connection.ts";
import { formatReply } from "../protocol/protocol.ts";
import { type SessionResult, type ServerContext, Session } from "./session.ts";
import { Semaphore } from "../net/semaphore.ts";
import { abandonedDials, listen, type Listener } from "../net/socket.ts";

/** Where to listen, what to serve, and who hears of each client that has been served. */
export interface ServerOptions extends ServerContext {
  readonly address: string;
  readonly port: number;
  readonly served: (outcome: SessionResult) => void;
  /** Who is being served, where other processes count too. */
  readonly census?: ClientTable;
  /** Lets other processes listen on the same port (SO_REUSEPORT): the kernel deals clients out to them. */
  readonly sharePort?: boolean;
}

/** Clients that are told `421` and waited for at once; more than these are just closed, since each takes a descriptor. */
const MOST_REFUSALS = 8;

/** How long a refused client is waited for, in ms. */
const REFUSAL_LINGER = 1000;

/** How long sessions get to notice that they were aborted, in ms: only a pending dial takes any time. */
const ABORT_PATIENCE = 1000;

/** A running server, from construction to `stop`. */
export class Server implements AsyncDisposable {
  readonly #listener: Listener;
  readonly #sessions = new Map<Session, Promise<void>>();
  readonly #census: ClientTable;
  readonly #service: ServerContext;
  #refusing = 0;
  #stopping = false;

  /** Step 2. Throws a `Failure` of kind `local` where it cannot listen. */
  constructor(private readonly options: ServerOptions) {
    this.#census = options.census ?? new ClientTable(options.limits);
    this.#service = { ...options, transfers: new Semaphore(options.limits.transfers) };
    const accept = (connection: Connection) => this.#accept(connection);
    this.#listener = listen(options, accept, options.sharePort);
  }

  /** The port that it listens on: the system's choice where 0 was asked for. */
  get port(): number {
    return this.#listener.port;
  }

  /** Clients being served now. */
  get clients(): number {
    return this.#sessions.size;
  }

  /**
   * Stops to accept, tells clients that have not commanded yet, lets transfers run for at most `grace` ms, and
   * then aborts what is left. Resolves when all is over; bounded by the grace and a second.
   */
  async stop(grace: number): Promise<void> {
    this.#stopping = true;
    this.#listener[Symbol.dispose]();
    for (const session of this.#sessions.keys()) session.stop();
    await this.#idle(grace);
    this.abort();
    await this.#idle(ABORT_PATIENCE);
  }

  /** Breaks every connection at once. */
  abort(): void {
    for (const session of this.#sessions.keys()) session.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }

  /** Steps 4 and 9: one session for each connection, each on its own, so that none waits for another. */
  #accept(p: Connection): void {
    if (this.#stopping) return void this.#refuse(p, "The server is stopping.");
    const place = this.#place(p.remote.address);
    if (typeof place === "string") return void this.#refuse(p, place);
    const session = new Session(p, this.#service);
    this.#sessions.set(session, this.#serve(session, place));
  }

  async #serve(session: Session, place: Slot): Promise<void> {
    const outcome = await session.run();
    this.#sessions.delete(session);
    place[Symbol.dispose]();
    this.options.served(outcome);
  }

  /** A place for one more client, or the sentence that says why there is none. */
  #place(address: string): Slot | string {
    const { clients, clientsPerAddress } = this.options.limits;
    const crowded = this.#sessions.size + abandonedDials() >= clients;
    const place = crowded ? "clients" : this.#census.enter(address, abandonedDials(address));
    if (place === "clients")
      return `The server has ${clients} clients, as many as it may: try again later.`;
    if (place !== "address") return place;
    return `Your address has ${clientsPerAddress} connections, as many as it may: try again later.`;
  }

  async #refuse(p: Connection, why: string): Promise<void> {
    this.options.served({
      peer: p.remote.address,
      command: "none",
      bytes: 0,
      seconds: 0,
      code: 421,
      text: why,
    });
    try {
      p.push(Buffer.from(formatReply(421, why)));
      if (this.#refusing < MOST_REFUSALS) await this.#lingerOn(p);
    } catch {
      // It has gone already, and there is nothing more to tell it.
    }
    p.close();
  }

  async #lingerOn(p: Connection): Promise<void> {
    this.#refusing++;
    await p.finish(REFUSAL_LINGER);
    this.#refusing--;
  }

  async #idle(ms: number): Promise<void> {
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, ms);
    await Promise.race([Promise.all(this.#sessions.values()), timeout.promise]);
    clearTimeout(timer);
  }
}
