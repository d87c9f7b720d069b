// Listens and dials: the only file that uses Bun's TCP sockets.

import type { Socket } from "bun";
import { type Endpoint, formatEndpoint } from "./address.ts";
import { clientSource } from "./client-source.ts";
import { Connection, type RawSocket } from "./connection.ts";
import { Failure, systemCode } from "../errors.ts";
import { limitReceiveBuffer } from "../sys/libc.ts";
import { SocketEnd } from "./socket-end.ts";
import { sourceAddressFor } from "./source-address.ts";

/** Every TCP socket of Bun 1.4 has the methods of `RawSocket`, although its types lack some of them. */
type BunSocket = Socket<Connection> & RawSocket;

/**
 * The handlers of all sockets. They only pass events on to the connection: a handler that throws, or returns a
 * rejected promise, would end the process.
 */
const HANDLERS = {
  data: (socket: Socket<Connection>, bytes: Buffer) => socket.data.onData(bytes),
  drain: (socket: Socket<Connection>) => socket.data?.onDrain(),
  end: (socket: Socket<Connection>) => socket.data?.onEnd(),
  close: (socket: Socket<Connection>, error?: Error) => socket.data?.onClose(error),
  error: (socket: Socket<Connection>, error: Error) => socket.data?.onClose(error),
};

/** A listening socket. Disposing of it stops it; connections that it has accepted go on. */
export interface Listener extends Disposable {
  readonly port: number;
  /** Call it if only lines come from the peers: each accepted socket inherits the bound (socket(7)), which costs no call then. */
  limitReceiveBuffers(): void;
}

/**
 * Listens on an IP address; `::` stands for IPv4 too. Port 0 lets the system choose one. With `sharePort`, other processes
 * that also ask for it can listen there too. With `descriptor`, it listens on that socket, which somebody else has opened there.
 * Throws a `Failure` of kind `local` that names the address and the port.
 */
export function listen(
  at: Endpoint,
  onConnection: (connection: Connection) => void,
  sharePort = false,
  descriptor?: number,
): Listener {
  // Both are missing in Bun's types.
  const shared = sharePort ? { reusePort: true } : {};
  const inherited = descriptor === undefined ? {} : { fd: descriptor };
  try {
    const listener = Bun.listen<Connection>({
      hostname: at.address,
      port: at.port,
      allowHalfOpen: true,
      ...shared,
      ...inherited,
      socket: { ...HANDLERS, open: (socket) => onConnection(adopt(socket)) },
    });
    return {
      port: listener.port ?? at.port, // Bun does not know the port of a descriptor
      limitReceiveBuffers: () => limitReceiveBuffer((listener as unknown as { fd: number }).fd),
      [Symbol.dispose]: () => listener.stop(),
    };
  } catch (error) {
    throw listenFailure(at, systemCode(error));
  }
}

/** Dials that were given up but still hold a descriptor, by the source of their address. */
const abandoned = new Map<string, number>();

/**
 * How many dials were given up but still hold a descriptor, in all or to the source of one address. Bun cannot cancel a pending connect,
 * and the kernel gives up only after two minutes, so a limit on descriptors must count these too.
 */
export function abandonedDials(address?: string): number {
  if (address !== undefined) return abandoned.get(clientSource(address)) ?? 0;
  return abandoned.values().reduce((sum, count) => sum + count, 0);
}

function countAbandoned(address: string, change: 1 | -1): void {
  const count = abandonedDials(address) + change;
  if (count > 0) abandoned.set(clientSource(address), count);
  else abandoned.delete(clientSource(address));
}

/**
 * Opens a connection to an IP address, from the local address `from` if it is given.
 * Throws a `Failure` of kind `connect`, or of kind `timeout` after `ms` milliseconds, or the reason of `signal`.
 */
export function dial(
  to: Endpoint,
  ms: number,
  { from, signal }: { readonly from?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let isAbandoned = false;
    const abandon = (reason: Error) => {
      if (isAbandoned) return;
      isAbandoned = true;
      countAbandoned(to.address, 1);
      reject(reason);
    };
    const timer = setTimeout(() => abandon(timeoutFailure(to, ms)), ms);
    const onAbort = () => abandon(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      if (isAbandoned) countAbandoned(to.address, -1);
    };
    const onOpen = (socket: Socket<Connection>) => {
      settle();
      if (isAbandoned) socket.terminate();
      else resolve(adopt(socket));
    };
    connect(to, from, onOpen).catch((error) => {
      settle();
      reject(dialFailure(to, systemCode(error)));
    });
  });
}

async function connect(
  to: Endpoint,
  from: string | undefined,
  open: (socket: Socket<Connection>) => void,
): Promise<void> {
  await Bun.connect<Connection>({
    hostname: to.address,
    port: to.port,
    allowHalfOpen: true,
    ...(await sourceAddressFor(to.address, from)),
    socket: { ...HANDLERS, open, connectError: () => {} },
  });
}

function adopt(socket: Socket<Connection>): Connection {
  const raw = socket as BunSocket;
  socket.data = new Connection(raw, new SocketEnd(raw, "local"), new SocketEnd(raw, "remote"));
  return socket.data;
}

function listenFailure(at: Endpoint, code: string): Failure {
  const reasons: Record<string, string> = {
    EADDRINUSE:
      at.port === 0
        ? "this host has no free port left: end some connections, or name a port"
        : "another program listens there: choose another port, or end that program",
    EACCES: "ports below 1024 need privileges: choose a higher one",
    EADDRNOTAVAIL: "this host does not have that address: choose one that it has",
    EINVAL: "a link-local address also needs the name of an interface, as in fe80::1%eth0",
  };
  return new Failure(
    "local",
    `Cannot listen on ${formatEndpoint(at)}: ${reasons[code] ?? (code || "unknown error")}.`,
  );
}

export function timeoutFailure(to: Endpoint, ms: number): Failure {
  return new Failure("timeout", `No answer from ${formatEndpoint(to)} within ${ms / 1000} s.`, 425);
}

function dialFailure(to: Endpoint, code: string): Failure {
  const reasons: Record<string, string> = {
    ECONNREFUSED: "nobody listens there, or the host cannot be reached",
    ENOTFOUND: "this is neither an IP address nor the name of a host: check its spelling",
    EADDRNOTAVAIL: "this host has no free port left, or cannot reach addresses of that kind",
    EAFNOSUPPORT: "this host cannot reach addresses of that kind",
    EINVAL: "this address also needs the name of an interface, as in fe80::1%eth0",
  };
  return new Failure(
    "connect",
    `Cannot connect to ${formatEndpoint(to)}: ${reasons[code] ?? code}.`,
    425,
  );
}
