// Dials and listens: the suite's own sockets, which share no code with the programs under test.

import type { SocketHandler, TCPSocketListener } from "bun";
import { Connection } from "./connection.ts";
import { isPort } from "./ports.ts";
import type { Timeline } from "./timeline.ts";

/** Milliseconds between two tries to dial: the other side may need a moment until it listens. */
const DIAL_INTERVAL = 50;

interface SocketData {
  connection?: Connection;
}

const createHandlers = (
  name: "P" | "Q",
  timeline: Timeline,
  onOpen: (connection: Connection) => void,
): SocketHandler<SocketData> => ({
  open(socket) {
    const connection = new Connection(name, timeline, socket);
    socket.data = { connection };
    onOpen(connection);
  },
  data: (socket, piece) => socket.data.connection?.receive(piece),
  drain: (socket) => socket.data.connection?.flush(),
  end: (socket) => socket.data.connection?.receiveEnd(),
  close: (socket, error) => socket.data.connection?.receiveClose(error),
  error: () => {},
});

export interface DialTarget {
  host: string;
  port: number;
  /** The address from which to connect, and the port if it matters. */
  from?: string;
  fromPort?: number;
}

/** Connects within the limit; returns the error if that fails. The caller disposes of the connection. */
export async function dial(
  timeline: Timeline,
  name: "P" | "Q",
  to: DialTarget,
  limit: number,
): Promise<Connection | Error> {
  const { host, port, from, fromPort } = to;
  if (!isPort(port)) return new Error(`${port} is no port`);
  let connection: Connection | undefined;
  let isLate = false;
  const source = {
    ...(from !== undefined && { localAddress: from }),
    ...(fromPort !== undefined && { localPort: fromPort }),
  };
  const where = `to ${host}:${port}${from === undefined ? "" : ` from ${from}`}`;
  const socket = createHandlers(name, timeline, (opened) => {
    if (isLate) return opened.abort();
    // Now, since bytes may follow in the same turn.
    timeline.mark(name, "suite", "SYN", `${where}, connected`, "connected");
    connection = opened;
  });
  // A listener with a full queue does not answer for minutes.
  const silence = Promise.withResolvers<never>();
  const giveUp = (): void => {
    isLate = connection === undefined;
    if (isLate) silence.reject(new Error(`no answer for ${limit} ms`));
  };
  // The timer may fire before an answer that arrived earlier, so events are handled first.
  const timer = setTimeout(setImmediate, limit, giveUp);
  try {
    const options = { hostname: host, port, ...source, allowHalfOpen: true, data: {}, socket };
    await Promise.race([Bun.connect<SocketData>(options), silence.promise]);
    return connection ?? new Error("the connection closed as soon as it was open");
  } catch (error) {
    const outcome = isLate ? "timeout" : "refused";
    timeline.mark(name, "suite", "SYN", `${where}, ${isLate ? "no answer" : "refused"}`, outcome);
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** Dials again until the connection is open, the caller gives up, or the limit is over. */
export async function dialRepeatedly(
  timeline: Timeline,
  name: "P" | "Q",
  to: DialTarget,
  limit: number,
  hasFailed: () => boolean,
): Promise<Connection | undefined> {
  const end = performance.now() + limit;
  while (performance.now() < end && !hasFailed()) {
    const connection = await dial(timeline, name, to, limit);
    if (connection instanceof Connection) return connection;
    await Bun.sleep(DIAL_INTERVAL);
  }
  return undefined;
}

/** A listener that keeps every connection that it accepts. */
export class Listener implements Disposable {
  readonly connections: Connection[] = [];
  /** Whether new connections are not read, as by a client that has stopped. */
  pausesReading = false;
  /** Called when bytes arrive on any connection, before they are read. */
  onData: (() => void) | undefined;
  readonly #listener: TCPSocketListener<SocketData>;

  constructor(
    readonly name: "P" | "Q",
    readonly timeline: Timeline,
    readonly host: string,
    port: number,
  ) {
    const socket = createHandlers(name, timeline, (connection) => this.#accept(connection));
    const options = { hostname: host, port, allowHalfOpen: true, socket };
    this.#listener = Bun.listen<SocketData>(options);
  }

  get port(): number {
    return this.#listener.port;
  }

  get first(): Connection | undefined {
    return this.connections[0];
  }

  #accept(connection: Connection): void {
    this.connections.push(connection);
    connection.closesAfterPeer = this.name === "Q";
    connection.onData = () => this.onData?.();
    if (this.pausesReading) connection.socket.pause();
    const { host, port } = connection.remote;
    const which = this.connections.length > 1 ? `, connection ${this.connections.length}` : "";
    this.timeline.mark(this.name, "subject", "SYN", `from ${host}:${port} to ${this.port}${which}`);
  }

  /** Refuses new connections, and keeps those that are open. */
  stopAccepting(): void {
    this.#listener.stop();
  }

  [Symbol.dispose](): void {
    for (const connection of this.connections) connection[Symbol.dispose]();
    this.#listener.stop(true);
  }
}
