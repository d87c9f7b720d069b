// A TLS layer between a connection and its socket: Bun's `upgradeTLS`, in either role on either end.

import type { X509Certificate } from "node:crypto";
import type { TLSOptions } from "bun";
import type { Connection, RawSocket } from "../net/connection.ts";
import { Failure } from "../errors.ts";
import { RecordHeaders } from "./record-headers.ts";

/** Only TLS 1.3: either end can close its direction alone, and there is no renegotiation. All TLS libraries have it since 2019. */
const TLS13 = 0x0304;

/** The role in the handshake. It does not depend on who dialled (as in RFC 4217, section 7). */
export type TlsRole = "client" | "server";

/** How a handshake ended. `error` means that there is no TLS; `verifyError` only that the verifier does not trust the certificate. */
export interface Handshake {
  readonly error?: string;
  readonly verifyError?: string;
  readonly certificate?: X509Certificate | undefined;
}

/** What Bun 1.4 offers at run time on a TLS socket, beyond its types. */
interface TlsSocket extends RawSocket {
  readonly data: TlsLayer;
  readonly authorized: boolean;
  getPeerX509Certificate(): X509Certificate | undefined;
}

/** Bun's types lack `isServer` and `initialData`; without `isServer` the end that dialled is the TLS client. */
interface Upgradable extends RawSocket {
  upgradeTLS(options: object): readonly [raw: { data: unknown }, tls: TlsSocket] | undefined;
}

/** As with plain sockets, the handlers only move bytes and settle promises: one that throws would end the process. */
const HANDLERS = {
  open: (socket: TlsSocket) => socket.data.onOpen(socket),
  handshake: (socket: TlsSocket, success: boolean, error?: NodeJS.ErrnoException | null) =>
    socket.data.onHandshake(success, error ?? undefined),
  data: (socket: TlsSocket, bytes: Buffer) => socket.data.connection.onData(bytes),
  drain: (socket: TlsSocket) => socket.data.connection.onDrain(),
  end: (socket: TlsSocket) => socket.data.onEnd(),
  close: (socket: TlsSocket, error?: Error) => socket.data.onClose(error),
  error: (socket: TlsSocket, error: Error) => socket.data.onError(error),
};

/** Of the raw socket only the bytes matter; the TLS socket reports everything else. */
const IGNORE_EVENTS = { onDrain() {}, onEnd() {}, onClose() {} };

/** Encrypts a connection in place: all its methods act on TLS from now on, also `abort` during the handshake. */
export class TlsLayer implements RawSocket {
  /** No descriptor, so that no call can move bytes past the encryption: sendfile(2) and splice(2) fail, and callers use read and write. */
  readonly fd = -1;
  readonly records = new RecordHeaders();
  readonly #handshake = Promise.withResolvers<Handshake>();
  #tls: TlsSocket | undefined;

  /** `hello` is what the connection has read already and belongs to the handshake. */
  constructor(
    readonly connection: Connection,
    private readonly role: TlsRole,
    tls: TLSOptions,
    hello?: Uint8Array,
  ) {
    const raw = connection.insertLayer(this) as Upgradable;
    if (hello) this.records.push(hello);
    const pair = raw.upgradeTLS({
      isServer: role === "server",
      tls: { ...tls, minVersion: TLS13 },
      initialData: hello,
      data: this,
      socket: HANDLERS,
    });
    // From now on the raw socket reports encrypted bytes, which must not reach the connection.
    const onData = (bytes: Uint8Array) => this.records.push(bytes);
    if (pair) pair[0].data = { ...IGNORE_EVENTS, onData };
    else this.onClose();
  }

  /** Waits for the end of the handshake; undefined after `ms` milliseconds. */
  async handshake(ms: number): Promise<Handshake | undefined> {
    const timeout = Promise.withResolvers<undefined>();
    const timer = setTimeout(timeout.resolve, ms, undefined);
    const handshake = await Promise.race([this.#handshake.promise, timeout.promise]);
    clearTimeout(timer);
    return handshake;
  }

  write(bytes: Uint8Array): number {
    return this.#tls?.write(bytes) ?? -1;
  }

  /** Sends `close_notify`, then FIN. The peer may still send. */
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

  /** Bun reports no success also if only the certificate is not trusted. TLS works then, and the caller decides. */
  onHandshake(success: boolean, error?: NodeJS.ErrnoException): void {
    if (error && !success && /^(E[A-Z]+$|ERR_(SSL|OSSL)_)/.test(error.code ?? "")) {
      const isClosed = error.code === "ECONNRESET";
      return this.#handshake.resolve({ error: isClosed ? "closed" : error.message });
    }
    const verifyError = error?.code ?? (this.#tls?.authorized ? undefined : "not verified");
    const certificate = this.#tls?.getPeerX509Certificate();
    this.#handshake.resolve({ ...(verifyError ? { verifyError } : {}), certificate });
  }

  /**
   * A FIN without `close_notify` may come from an attacker. A server can still answer after it: a request line and a key
   * show by themselves whether they are complete. A client cannot know whether it got everything.
   */
  onEnd(): void {
    this.#handshake.resolve({ error: "closed" });
    if (this.records.endsWithAlert) return this.connection.onEnd();
    const sentence =
      "The connection was cut: it ended without the TLS message that ends a connection.";
    const failure = new Failure("incomplete", sentence, 426);
    if (this.role === "client") return this.connection.abort(failure);
    this.connection.interrupt(failure);
    this.connection.onEnd();
  }

  onClose(error?: Error): void {
    this.#handshake.resolve({ error: "closed" });
    this.connection.onClose(error);
  }

  /** TLS cannot decrypt what it received or, during the handshake, cannot agree with the peer. */
  onError(error: Error): void {
    this.#handshake.resolve({ error: error.message });
    const sentence =
      "The received data cannot be decrypted: it was changed on the way, or it is not TLS.";
    this.connection.abort(new Failure("incomplete", sentence, 426));
  }
}
