// A connection that goes on over TLS: Bun's `upgradeTLS`, in either role on either end.

import type { X509Certificate } from "node:crypto";
import type { TLSOptions } from "bun";
import type { Connection, RawSocket } from "../net/connection.ts";
import { Failure } from "../errors.ts";
import { RecordHeaders } from "./tls-records.ts";

/** TLS 1.3 and nothing older: either end can close its direction alone, nothing is negotiated again, and all have had it since 2019. */
const TLS13 = 0x0304;

/** The role in the handshake, which has nothing to do with who dialled (as in RFC 4217, section 7). */
export type TlsRole = "client" | "server";

/** How a handshake ended. `error` is the system's or TLS's own; a certificate that is not trusted is a `distrust`, and no error. */
export interface Handshake {
  readonly error?: string;
  readonly distrust?: string;
  readonly certificate?: X509Certificate | undefined;
}

/** What Bun 1.4 offers at run time on a TLS socket, beyond its types. */
interface TlsSocket extends RawSocket {
  readonly data: TlsLayer;
  readonly authorized: boolean;
  getPeerX509Certificate(): X509Certificate | undefined;
}

/** `isServer` and `initialData` are missing in Bun's types; without `isServer` the role follows from who dialled. */
interface Upgradable extends RawSocket {
  upgradeTLS(options: object): readonly [raw: { data: unknown }, tls: TlsSocket] | undefined;
}

/** As with plain sockets the handlers only move bytes and settle promises, since one that throws would end the process. */
const HANDLERS = {
  open: (socket: TlsSocket) => socket.data.onOpen(socket),
  handshake: (socket: TlsSocket, done: boolean, error?: NodeJS.ErrnoException | null) =>
    socket.data.onHandshake(done, error ?? undefined),
  data: (socket: TlsSocket, bytes: Buffer) => socket.data.connection.onData(bytes),
  drain: (socket: TlsSocket) => socket.data.connection.onDrain(),
  end: (socket: TlsSocket) => socket.data.onEnd(),
  close: (socket: TlsSocket, error?: Error) => socket.data.onClose(error),
  error: (socket: TlsSocket, error: Error) => socket.data.onError(error),
};

/** TLS between a connection and its socket. The connection's own methods, also `abort` in a handshake, act on TLS from now on. */
export class TlsLayer implements RawSocket {
  /** None, so that no call can move bytes past the encryption: sendfile(2) and splice(2) fail on it, and the portable way is taken. */
  readonly fd = -1;
  readonly records = new RecordHeaders();
  readonly #handshake = Promise.withResolvers<Handshake>();
  #tls: TlsSocket | undefined;

  /** `read` is what came in the clear and belongs to the handshake. */
  constructor(
    readonly connection: Connection,
    private readonly role: TlsRole,
    tls: TLSOptions,
    read?: Uint8Array,
  ) {
    // The connection keeps its identity, so that whoever holds it, to stop it for one, goes on holding the right one.
    const below = connection.layer(this) as Upgradable;
    if (read) this.records.push(read);
    const pair = below.upgradeTLS({
      isServer: role === "server",
      tls: { ...tls, minVersion: TLS13 },
      initialData: read,
      data: this,
      socket: HANDLERS,
    });
    // From here the socket below hears the bytes as they are on the wire, and nobody else must take them for data.
    if (pair) pair[0].data = { onData: (bytes: Uint8Array) => this.records.push(bytes), ...DEAF };
    else this.onClose();
  }

  /** The handshake's end; undefined after `ms` milliseconds. */
  async handshake(ms: number): Promise<Handshake | undefined> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(late.resolve, ms, undefined);
    const handshake = await Promise.race([this.#handshake.promise, late.promise]);
    clearTimeout(timer);
    return handshake;
  }

  write(bytes: Uint8Array): number {
    return this.#tls?.write(bytes) ?? -1;
  }

  /** Sends `close_notify`, then FIN; what the peer still sends is read. */
  shutdown(): void {
    this.#tls?.shutdown();
  }

  pause(): void {
    this.#tls?.pause();
  }

  resume(): void {
    this.#tls?.resume();
  }

  end(): void {
    this.#tls?.end();
  }

  terminate(): void {
    this.#tls?.terminate();
  }

  onOpen(tls: TlsSocket): void {
    this.#tls = tls;
  }

  /** Bun says that it is not done also where only the certificate is not trusted; then it goes on, and its user decides. */
  onHandshake(done: boolean, error?: NodeJS.ErrnoException): void {
    const broken = !done && /^(E[A-Z]+$|ERR_(SSL|OSSL)_)/.test(error?.code ?? "");
    if (error && broken) {
      const gone = error.code === "ECONNRESET";
      return this.#handshake.resolve({ error: gone ? "closed" : error.message });
    }
    const distrust = error?.code ?? (this.#tls?.authorized ? undefined : "not verified");
    const certificate = this.#tls?.getPeerX509Certificate();
    this.#handshake.resolve({ ...(distrust ? { distrust } : {}), certificate });
  }

  /** A server goes on after a FIN: its client has said all, and each line and key has its own end. For a client nothing has one but this. */
  onEnd(): void {
    this.#handshake.resolve({ error: "closed" });
    if (this.records.endsWithAlert) return this.connection.onEnd();
    const cut =
      "The connection was cut: it ended without TLS's own end, as an attacker would end it.";
    const failure = new Failure("incomplete", cut, 426);
    if (this.role === "client") return this.connection.abort(failure);
    this.connection.interrupt(failure);
    this.connection.onEnd();
  }

  onClose(error?: Error): void {
    this.#handshake.resolve({ error: "closed" });
    this.connection.onClose(error);
  }

  /** TLS has found what it cannot decrypt; before the handshake is done, it cannot agree with the peer. */
  onError(error: Error): void {
    this.#handshake.resolve({ error: error.message });
    const altered = "What came was altered on its way, or is not TLS: it cannot be decrypted.";
    this.connection.abort(new Failure("incomplete", altered, 426));
  }
}

/** Everything but bytes is heard from the TLS socket. */
const DEAF = { onDrain() {}, onEnd() {}, onClose() {} };
