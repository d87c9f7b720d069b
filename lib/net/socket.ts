// The only file that touches Bun's TCP sockets: listen and dial, each giving connections with plain addresses.

import type { Socket } from "bun";
import { type Endpoint, normalizeAddress, formatEndpoint } from "./address.ts";
import { Connection, type RawSocket } from "./connection.ts";
import { Failure, systemCode } from "../errors.ts";
import { sourceAddressFor } from "./source-address.ts";

/** What Bun 1.4 offers at run time on every TCP socket, beyond its types. */
type BunSocket = Socket<Connection> & RawSocket;

/**
 * One set of handlers for every socket. They only move bytes and ring bells: a handler that throws
 * would end the process, and one that returns a rejected promise would do so whatever else is set.
 */
const HANDLERS = {
  data: (socket: Socket<Connection>, bytes: Buffer) => socket.data.onData(bytes),
  drain: (socket: Socket<Connection>) => socket.data?.onDrain(),
  end: (socket: Socket<Connection>) => socket.data?.onEnd(),
  close: (socket: Socket<Connection>, error?: Error) => socket.data?.onClose(error),
  error: (socket: Socket<Connection>, error: Error) => socket.data?.onClose(error),
};

/** A listening socket. Disposing of it stops it; connections already handed over go on. */
export interface Listener extends Disposable {
  readonly port: number;
}

/**
 * Listens on an IP address. Port 0 lets the system choose; `sharePort` lets other processes that ask for it listen there too. Both families are served on `::`.
 * Throws a `Failure` of kind `local` that names the address and the port.
 */
export function listen(
  at: Endpoint,
  onConnection: (connection: Connection) => void,
  sharePort = false,
): Listener {
  // Bun knows reusePort, its types do not.
  const shared = sharePort ? { reusePort: true } : {};
  try {
    const listener = Bun.listen<Connection>({
      hostname: at.address,
      port: at.port,
      allowHalfOpen: true,
      ...shared,
      socket: { ...HANDLERS, open: (socket) => onConnection(adopt(socket, remoteOf(socket))) },
    });
    return { port: listener.port, [Symbol.dispose]: () => listener.stop() };
  } catch (error) {
    throw listenFailure(at, systemCode(error));
  }
}

/** Dials that ran out of time and still hang, by the address that they go to. */
const abandoned = new Map<string, number>();

/**
 * How many dials ran out of time and yet hold a descriptor: Bun cannot take back a connect that hangs,
 * and the kernel gives up only after two minutes. Whoever counts descriptors counts these too; with `address`, only
 * those that go there.
 */
export function abandonedDials(address?: string): number {
  if (address !== undefined) return abandoned.get(address) ?? 0;
  return abandoned.values().reduce((sum, count) => sum + count, 0);
}

function countAbandoned(address: string, change: 1 | -1): void {
  const count = abandonedDials(address) + change;
  if (count > 0) abandoned.set(address, count);
  else abandoned.delete(address);
}

/**
 * Opens a connection to an IP address, from the local address `from` where one is given.
 * Throws a `Failure` of kind `connect`, or of kind `timeout` after `ms` milliseconds, or what `signal` was aborted with.
 */
export function dial(
  to: Endpoint,
  ms: number,
  { from, signal }: { readonly from?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<Connection> {
  const opened = Promise.withResolvers<Connection>();
  let late = false;
  const abandon = (reason: Error) => {
    if (late) return;
    late = true;
    countAbandoned(to.address, 1);
    opened.reject(reason);
  };
  const tooLate = () =>
    new Failure("timeout", `No answer from ${formatEndpoint(to)} within ${ms / 1000} s.`, 425);
  const timer = setTimeout(() => abandon(tooLate()), ms);
  const aborted = () => abandon(signal?.reason);
  signal?.addEventListener("abort", aborted, { once: true });
  const settle = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", aborted);
    if (late) countAbandoned(to.address, -1);
  };
  const open = (socket: Socket<Connection>) => {
    settle();
    if (late) socket.terminate();
    else opened.resolve(adopt(socket, to));
  };
  const failed = (error: unknown) => {
    settle();
    opened.reject(dialFailure(to, systemCode(error)));
  };
  connect().catch(failed);
  return opened.promise;

  async function connect(): Promise<void> {
    await Bun.connect<Connection>({
      hostname: to.address,
      port: to.port,
      allowHalfOpen: true,
      ...(await sourceAddressFor(to.address, from)),
      socket: { ...HANDLERS, open, connectError: () => {} },
    });
  }
}

function adopt(socket: Socket<Connection>, remote: Endpoint): Connection {
  socket.data = new Connection(socket as BunSocket, new LocalEnd(socket), remote);
  return socket.data;
}

/** Our own end, which the kernel is asked for only where somebody wants to know. A socket that has gone leaves none behind. */
class LocalEnd implements Endpoint {
  #address: string | undefined;
  #port: number | undefined;

  constructor(private readonly socket: Socket<Connection>) {}

  get address(): string {
    return (this.#address ??= normalizeAddress(this.socket.localAddress ?? ""));
  }

  get port(): number {
    return (this.#port ??= this.socket.localPort);
  }
}

function remoteOf(socket: Socket<Connection>): Endpoint {
  return { address: normalizeAddress(socket.remoteAddress ?? ""), port: socket.remotePort };
}

function listenFailure(at: Endpoint, code: string): Failure {
  const reasons: Record<string, string> = {
    EADDRINUSE: "another program listens there: choose another port, or end that program",
    EACCES: "ports below 1024 need privileges: choose a higher one",
    EADDRNOTAVAIL: "this host does not have that address",
  };
  return new Failure(
    "local",
    `Cannot listen on ${formatEndpoint(at)}: ${reasons[code] ?? (code || "unknown error")}.`,
  );
}

function dialFailure(to: Endpoint, code: string): Failure {
  const reasons: Record<string, string> = {
    ECONNREFUSED: "nobody listens there, or the host cannot be reached",
    EADDRNOTAVAIL: "this host cannot reach addresses of that kind",
    EAFNOSUPPORT: "this host cannot reach addresses of that kind",
    EINVAL: "that address needs to be told by which interface, as in fe80::1%eth0",
  };
  return new Failure(
    "connect",
    `Cannot connect to ${formatEndpoint(to)}: ${reasons[code] ?? code}.`,
    425,
  );
}
