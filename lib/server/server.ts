// The server: listens, gives each connection to a session within the limits, and stops in order.

import type { Connection } from "../net/connection.ts";
import { abandonedDials, listen, type Listener } from "../net/socket.ts";
import { formatReply } from "../protocol/protocol.ts";
import { ClientTable, type Slot } from "./client-table.ts";
import { createServerContext, type ServerContext, type ServiceOptions } from "./server-context.ts";
import type { TlsServer } from "../tls/tls-server.ts";
import { Session, type SessionResult } from "./session.ts";

/** Where to listen and what to serve. */
export interface ServerOptions extends ServiceOptions {
  readonly address: string;
  readonly port: number;
  /** Called when a client has been served or refused. */
  readonly onSessionEnd: (result: SessionResult) => void;
  /** The clients of all processes, if several serve one port. */
  readonly clientTable?: ClientTable;
  /** Lets other processes listen on the same port (SO_REUSEPORT): the kernel distributes the clients among them. */
  readonly sharePort?: boolean;
  /** A socket that listens on the address and the port already. */
  readonly descriptor?: number | undefined;
}

/** Refused clients that are waited for at one time. Further ones are closed at once, since each takes a descriptor. */
const MAX_REFUSALS = 8;

/** How long the server waits for a refused client to close, in ms. */
const REFUSAL_LINGER = 1000;

/** The least time between two lines of the log about sources that have guessed too often, in ms. */
const BLOCK_LOG_INTERVAL = 1000;

/** How long aborted sessions may take to end, in ms: only a pending dial, or a disk that does not answer, takes any time. */
const ABORT_TIMEOUT = 1000;

/** A running server, from its construction to `stop`. */
export class Server implements AsyncDisposable {
  readonly #listener: Listener;
  readonly #sessions = new Map<Session, Promise<void>>();
  readonly #clientTable: ClientTable;
  #context: ServerContext;
  #refusals = 0;
  #lastLogged = Number.NEGATIVE_INFINITY;
  #isStopping = false;
  /** Resolves at `abort`: then nobody waits for the rest of a grace. */
  readonly #aborted = Promise.withResolvers<void>();

  /** Step 2. Throws a `Failure` of kind `local` if it cannot listen. */
  constructor(private readonly options: ServerOptions) {
    this.#clientTable = options.clientTable ?? new ClientTable(options.limits);
    this.#context = createServerContext(options);
    const accept = (connection: Connection) => this.#accept(connection);
    this.#listener = listen(options, accept, options.sharePort, options.descriptor);
    this.#listener.limitReceiveBuffers();
  }

  /** The port that it listens on; the system chooses one if port 0 was asked for. */
  get port(): number {
    return this.#listener.port;
  }

  /** How many clients are served now. */
  get clients(): number {
    return this.#sessions.size;
  }

  /** Uses another certificate for clients that come from now on: those that are connected need the same one on Q. */
  replaceTls(tls: TlsServer | undefined): void {
    this.#context = { ...this.#context, tls };
  }

  /**
   * Accepts no more clients, sends `421` to those that have not sent a command, lets transfers run for at most `grace` ms,
   * and then aborts the rest. Resolves when all sessions have ended, at most a second after the grace or after `abort`.
   */
  async stop(grace: number): Promise<void> {
    this.#isStopping = true;
    this.#listener[Symbol.dispose]();
    for (const session of this.#sessions.keys()) session.stop();
    await this.#waitForSessions(grace, this.#aborted.promise);
    this.abort();
    await this.#waitForSessions(ABORT_TIMEOUT);
  }

  /** Breaks every connection at once. */
  abort(): void {
    for (const session of this.#sessions.keys()) session.abort();
    this.#aborted.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }

  /** Steps 4 and 9: each connection gets a session of its own, so that no client waits for another. */
  #accept(p: Connection): void {
    if (this.#isStopping) return void this.#refuse(p, "The server is stopping.");
    const block = this.options.login?.findBlock(p.remote.address);
    if (block) return void this.#refuse(p, block.message, this.#isTimeToLog());
    const slot = this.#takeSlot(p.remote.address);
    if (typeof slot === "string") return void this.#refuse(p, slot);
    const session = new Session(p, this.#context);
    this.#sessions.set(session, this.#serve(session, slot));
  }

  async #serve(session: Session, slot: Slot): Promise<void> {
    const result = await session.run();
    this.#sessions.delete(session);
    slot[Symbol.dispose]();
    this.options.onSessionEnd(result);
  }

  /** A slot for one more client, or a sentence that says why there is none. */
  #takeSlot(address: string): Slot | string {
    const { clients, clientsPerAddress } = this.options.limits;
    const isFull = this.#sessions.size + abandonedDials() >= clients;
    const slot = isFull ? "clients" : this.#clientTable.enter(address, abandonedDials(address));
    if (slot === "clients")
      return `The server has ${clients} clients, which is the maximum: try again later.`;
    if (slot !== "address") return slot;
    return `Your address has ${clientsPerAddress} connections, which is the maximum: try again later.`;
  }

  /** True once in each interval, for what a client could have written to the log thousands of times a second. */
  #isTimeToLog(): boolean {
    const now = performance.now();
    const isTime = now - this.#lastLogged >= BLOCK_LOG_INTERVAL;
    if (isTime) this.#lastLogged = now;
    return isTime;
  }

  async #refuse(p: Connection, text: string, isLogged = true): Promise<void> {
    const result = { peer: p.remote.address, bytes: 0, seconds: 0, code: 421, text };
    if (isLogged) this.options.onSessionEnd({ ...result, command: "none" });
    try {
      p.push(Buffer.from(formatReply(421, text)));
      if (this.#refusals < MAX_REFUSALS) await this.#finishRefused(p);
    } catch {
      // The client has closed P already: no reply can reach it.
    }
    p.close();
  }

  async #finishRefused(p: Connection): Promise<void> {
    this.#refusals++;
    await p.finish(REFUSAL_LINGER);
    this.#refusals--;
  }

  /** Waits at most `ms` milliseconds, and only until `end` is settled. */
  async #waitForSessions(ms: number, end?: Promise<void>): Promise<void> {
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, ms);
    const ends = [Promise.all(this.#sessions.values()), timeout.promise, ...(end ? [end] : [])];
    await Promise.race(ends);
    clearTimeout(timer);
  }
}
