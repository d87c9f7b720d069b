// The ports at which a server listens for Q after PASV: one for each client that is about to open it.

import { type Failure, replyFailure } from "../errors.ts";
import type { Connection } from "../net/connection.ts";
import { AsyncEvent } from "../net/event.ts";
import { listen, type Listener } from "../net/socket.ts";
import type { PortRange } from "../protocol/port.ts";

/** The system chooses a port. */
const ANY: PortRange = { first: 0, last: 0 };

/** Who wants a port, and for what. */
export interface PortRequest {
  /** Where to listen. */
  readonly address: string;
  /** The client as the limits know it. */
  readonly source: string;
  readonly onConnection: (connection: Connection) => void;
  /** Called when the port was given to a client of another source. */
  readonly onLost: (reason: Failure) => void;
}

/** A port that is open for one client. Disposing of it closes it. */
export class OpenPort implements Disposable {
  readonly number: number;

  constructor(
    readonly request: PortRequest,
    private readonly listener: Listener,
    private readonly onClose: (port: OpenPort) => void,
  ) {
    this.number = listener.port;
    listener.limitReceiveBuffers();
  }

  [Symbol.dispose](): void {
    this.listener[Symbol.dispose]();
    this.onClose(this);
  }
}

/** The ports of a range, or any. A port is free again as soon as Q is open: so a few are enough for many clients. */
export class PassivePorts {
  /** The oldest first. */
  readonly #open = new Set<OpenPort>();
  readonly #waiting = new Set<AsyncEvent>();

  constructor(private readonly range: PortRange = ANY) {}

  /** Opens a port. If none is free, waits at most `ms` milliseconds for one. Throws a `Failure` of code 425. */
  async open(request: PortRequest, ms: number): Promise<OpenPort> {
    const end = performance.now() + ms;
    const turn = new AsyncEvent();
    try {
      for (;;) {
        const port = this.#listenOnFree(request) ?? this.#takeOver(request);
        if (port) return port;
        const left = end - performance.now();
        if (left <= 0) throw this.#noPortFailure();
        this.#waiting.add(turn);
        const [first] = this.#waiting;
        await turn.wait(first === turn ? Math.min(left, this.#lookInterval) : left);
      }
    } finally {
      this.#waiting.delete(turn);
      this.#wakeNext(); // another port may have become free at the same time
    }
  }

  /** How often the first in the row looks for a port that another process has closed, in ms: a look costs 33 µs for each port. */
  get #lookInterval(): number {
    return Math.max(50, this.range.last - this.range.first);
  }

  /** The first port is chosen at random, so that several processes rarely try the same one. A port in use is skipped. */
  #listenOnFree(request: PortRequest): OpenPort | undefined {
    const { first, last } = this.range;
    const count = last - first + 1;
    const start = Math.floor(Math.random() * count);
    for (let tries = 0; tries < count; tries++) {
      const port = this.#tryListen(request, first + ((start + tries) % count));
      if (port) return port;
    }
    return undefined;
  }

  /** Takes the oldest port of the source that has most, if that is at least two more than ours: nobody can keep all others out. */
  #takeOver(request: PortRequest): OpenPort | undefined {
    const bySource = Map.groupBy(this.#open, (port) => port.request.source);
    const own = bySource.get(request.source)?.length ?? 0;
    const most = [...bySource.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
    const [oldest] = most;
    if (!oldest || most.length < own + 2) return undefined;
    oldest.request.onLost(replyFailure(425, "Another client needed the port: try again later."));
    oldest[Symbol.dispose]();
    return this.#tryListen(request, oldest.number);
  }

  #tryListen(request: PortRequest, number: number): OpenPort | undefined {
    try {
      const listener = listen({ address: request.address, port: number }, request.onConnection);
      const port = new OpenPort(request, listener, (closed) => this.#onClose(closed));
      this.#open.add(port);
      return port;
    } catch {
      return undefined; // the next one may be free
    }
  }

  #onClose(port: OpenPort): void {
    if (this.#open.delete(port)) this.#wakeNext();
  }

  /** The client that has waited longest is the first to try. */
  #wakeNext(): void {
    const [next] = this.#waiting;
    next?.notify();
  }

  #noPortFailure(): Failure {
    const { first, last } = this.range;
    const which = first === 0 ? "No port" : `None of the ports ${first} to ${last}`;
    const sentence = `${which} of the server is free for the data connection: try again later.`;
    return replyFailure(425, sentence);
  }
}
