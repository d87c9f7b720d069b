// Opens connections: the suite's own sockets, which share nothing with the programs it judges.

import type { SocketHandler, TCPSocketListener } from "bun";
import { Connection } from "./connection.ts";
import { REPLY_LIMIT } from "../spec/timeouts.ts";
import type { Timeline } from "./timeline.ts";

interface Held {
  channel?: Connection;
}

const handlers = (
  opened: (channel: Connection) => void,
  make: (socket: Sock) => Connection,
): Handler => ({
  open(socket) {
    socket.data = { channel: make(socket) };
    if (socket.data.channel) opened(socket.data.channel);
  },
  data: (socket, piece) => socket.data.channel?.receive(piece),
  drain: (socket) => socket.data.channel?.flush(),
  end: (socket) => socket.data.channel?.receiveEnd(),
  close: (socket, error) => socket.data.channel?.receiveClose(error),
  error: () => {},
});
type Sock = import("bun").Socket<Held>;
type Handler = SocketHandler<Held>;

/** Connects, or says why not. The caller disposes of the channel. */
export async function dial(
  timeline: Timeline,
  name: "P" | "Q",
  to: { host: string; port: number; from?: string },
): Promise<Connection | Error> {
  const { host, port, from } = to;
  let channel: Connection | undefined;
  let late = false;
  const socket = handlers(
    (made) => (late ? made.abort() : (channel = made)),
    (sock) => new Connection(name, timeline, sock),
  );
  const source = from === undefined ? {} : { localAddress: from };
  const where = `to ${host}:${port}${from === undefined ? "" : ` from ${from}`}`;
  // A listener whose queue is full does not answer at all, for minutes.
  const silence = Promise.withResolvers<never>();
  const giveUp = (): void => {
    late = channel === undefined;
    if (late) silence.reject(new Error(`no answer for ${REPLY_LIMIT} ms`));
  };
  // An answer that has long been waiting may come after the timer.
  const timer = setTimeout(setImmediate, REPLY_LIMIT, giveUp);
  try {
    const options = { hostname: host, port, ...source, allowHalfOpen: true, data: {}, socket };
    await Promise.race([Bun.connect<Held>(options), silence.promise]);
    timeline.mark(name, "suite", "SYN", `${where}, connected`);
    return channel ?? new Error("the connection ended before it began");
  } catch (error) {
    timeline.mark(name, "suite", "SYN", `${where}, ${late ? "no answer" : "refused"}`);
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** A listener that keeps every connection it was given. */
export class Listener implements Disposable {
  readonly connections: Connection[] = [];
  /** Whoever comes is not read from, as by a client that has stopped. */
  pausesReading = false;
  readonly #listener: TCPSocketListener<Held>;

  constructor(
    readonly name: "P" | "Q",
    readonly timeline: Timeline,
    readonly host: string,
    port: number,
  ) {
    const socket = handlers(
      (channel) => this.#arrived(channel),
      (sock) => new Connection(name, timeline, sock),
    );
    const options = { hostname: host, port, allowHalfOpen: true, socket };
    this.#listener = Bun.listen<Held>(options);
  }

  get port(): number {
    return this.#listener.port;
  }

  get first(): Connection | undefined {
    return this.connections[0];
  }

  #arrived(channel: Connection): void {
    this.connections.push(channel);
    channel.closesAfterPeer = this.name === "Q";
    if (this.pausesReading) channel.socket.pause();
    const { host, port } = channel.remote;
    const which = this.connections.length > 1 ? `, connection ${this.connections.length}` : "";
    this.timeline.mark(this.name, "subject", "SYN", `from ${host}:${port} to ${this.port}${which}`);
  }

  /** Nobody is let in any more; those who are in stay. */
  stopAccepting(): void {
    this.#listener.stop();
  }

  [Symbol.dispose](): void {
    for (const channel of this.connections) channel[Symbol.dispose]();
    this.#listener.stop(true);
  }
}
