// TLS on a connection of the suite, as client or server, with every step visible to the caller.

import { Duplex } from "node:stream";
import { connect, type SecureVersion, TLSSocket } from "node:tls";
import { TlsRecords } from "./tls-records.ts";

/** The TLS part that the suite takes: a server with a certificate, or a client that accepts any certificate. */
export type TlsTerms =
  { part: "server"; cert: string; key: string } | { part: "client"; version?: SecureVersion };

/** The connection below TLS: it carries the records, and receives what is decrypted. */
export interface TlsTransport {
  transmit: (bytes: Uint8Array) => void;
  sendFin: () => void;
  receive: (piece: Uint8Array) => void;
  receiveEnd: () => void;
  note: (text: string) => void;
}

/** Milliseconds after FIN in which the last bytes are decrypted. */
const DECRYPTION_TIME = 30;

export class TlsEndpoint {
  /** What the subject sent, as it was on the wire. */
  readonly records = new TlsRecords();
  /** Whether the handshake is complete. */
  isEstablished = false;
  /** Why the handshake failed. */
  failure: string | undefined;
  readonly #wire: Duplex;
  readonly #tls: TLSSocket;

  constructor(
    readonly transport: TlsTransport,
    terms: TlsTerms,
  ) {
    this.#wire = new Duplex({
      allowHalfOpen: true,
      read() {},
      write: (bytes: Uint8Array, _, done) => (transport.transmit(bytes), done()),
      final: (done) => (transport.sendFin(), done()),
    });
    this.#tls = createTlsSocket(this.#wire, terms);
    this.#listen();
  }

  #listen(): void {
    const establish = (): void => this.#establish();
    this.#tls.once("secure", establish).once("secureConnect", establish);
    this.#tls.on("data", (piece: Uint8Array) => this.transport.receive(piece));
    this.#tls.once("end", () => this.#end());
    this.#tls.on("error", (error) => this.#fail(error.message));
    this.#tls.once("close", () => this.#fail("the connection ended"));
  }

  get #isSettled(): boolean {
    return this.isEstablished || this.failure !== undefined;
  }

  #establish(): void {
    if (this.#isSettled) return;
    this.isEstablished = true;
    this.transport.note(`TLS: the handshake is complete (${this.protocol})`);
  }

  #fail(why: string): void {
    if (this.#isSettled) return;
    this.failure = why;
    this.transport.note(`TLS: the handshake failed: ${why}`);
  }

  #end(): void {
    if (this.records.endsWithAlert) this.transport.note("TLS: close_notify arrived");
    this.transport.receiveEnd();
  }

  get protocol(): string {
    return this.#tls.getProtocol() ?? "no protocol";
  }

  /** SHA-256 of the peer's certificate. */
  get fingerprint(): string | undefined {
    return this.#tls.getPeerCertificate()?.fingerprint256;
  }

  send(bytes: Uint8Array): void {
    this.#tls.write(bytes);
  }

  /** Sends close_notify, and then FIN. */
  end(): void {
    this.#tls.end();
  }

  /** Sends FIN without close_notify after the last bytes, as an attacker on the way would. */
  truncate(): void {
    if (this.#tls.writableLength === 0) this.transport.sendFin();
    else this.#tls.once("drain", () => this.transport.sendFin());
  }

  /** Takes bytes from the connection below. */
  receive(piece: Uint8Array): void {
    this.records.read(piece);
    this.#wire.push(Buffer.from(piece));
  }

  /** Takes FIN from the connection below; bytes before it may still have to be decrypted. */
  receiveEnd(): void {
    if (!this.records.endsWithAlert) this.transport.note("TLS: FIN arrived without close_notify");
    this.#wire.push(null);
    setTimeout(() => {
      this.#fail("the peer closed the connection");
      this.transport.receiveEnd();
    }, DECRYPTION_TIME);
  }

  [Symbol.dispose](): void {
    this.#tls.destroy();
    this.#wire.destroy();
  }
}

/** A client accepts any certificate: its trust is not what is judged. */
function createTlsSocket(wire: Duplex, terms: TlsTerms): TLSSocket {
  if (terms.part === "server") {
    const { cert, key } = terms;
    return new TLSSocket(wire, { isServer: true, cert, key, minVersion: "TLSv1.3" });
  }
  const { version = "TLSv1.3" } = terms;
  const versions = { minVersion: version, maxVersion: version };
  return connect({ socket: wire, rejectUnauthorized: false, ...versions });
}
