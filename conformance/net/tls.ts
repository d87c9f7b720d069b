// TLS on a connection of the suite, in either part on either end, with nothing of it kept out of sight.

import { Duplex } from "node:stream";
import { connect, type SecureVersion, TLSSocket } from "node:tls";
import { TlsRecords } from "./tls-records.ts";

/** The part that the suite takes: the server's with a certificate, or that of a client that believes anybody. */
export type TlsTerms =
  { part: "server"; cert: string; key: string } | { part: "client"; version?: SecureVersion };

/** The connection below, and what it is told of the talk above. */
export interface TlsTransport {
  transmit: (bytes: Uint8Array) => void;
  /** Sends FIN. */
  sendFin: () => void;
  receive: (piece: Uint8Array) => void;
  receiveEnd: () => void;
  note: (text: string) => void;
}

/** What is decrypted may come this many milliseconds after the last byte that it was in. */
const LATE = 30;

export class TlsEndpoint {
  /** What the subject sent, as it was on the wire. */
  readonly records = new TlsRecords();
  /** Both have shaken hands. */
  isEstablished = false;
  /** Why that cannot come any more. */
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
      write: (bytes: Uint8Array, _, taken) => (transport.transmit(bytes), taken()),
      final: (taken) => (transport.sendFin(), taken()),
    });
    this.#tls = layered(this.#wire, terms);
    this.#listen();
  }

  #listen(): void {
    const { transport } = this;
    const tls = this.#tls;
    const shaken = (): void => this.#shaken();
    tls.once("secure", shaken).once("secureConnect", shaken);
    tls.on("data", (piece: Uint8Array) => transport.receive(piece));
    tls.once("end", () => this.#ended());
    tls.on("error", (error) => this.#broke(error.message));
    tls.once("close", () => this.#broke("the connection ended"));
  }

  #shaken(): void {
    if (this.isEstablished || this.failure !== undefined) return;
    this.isEstablished = true;
    this.transport.note(`TLS: hands are shaken, by ${this.protocol}`);
  }

  #broke(why: string): void {
    if (this.isEstablished || this.failure !== undefined) return;
    this.failure = why;
    this.transport.note(`TLS: no handshake: ${why}`);
  }

  #ended(): void {
    if (this.records.endsWithAlert) this.transport.note("TLS: close_notify came");
    this.transport.receiveEnd();
  }

  get protocol(): string {
    return this.#tls.getProtocol() ?? "nothing";
  }

  /** SHA-256 of the certificate that the peer has shown. */
  get fingerprint(): string | undefined {
    return this.#tls.getPeerCertificate()?.fingerprint256;
  }

  send(bytes: Uint8Array): void {
    this.#tls.write(bytes);
  }

  /** Sends close_notify, and FIN if that is wanted. */
  end(): void {
    this.#tls.end();
  }

  /** Sends FIN alone behind what was said, as somebody on the way would. */
  truncate(): void {
    if (this.#tls.writableLength === 0) this.transport.sendFin();
    else this.#tls.once("drain", () => this.transport.sendFin());
  }

  /** From the connection below. */
  receive(piece: Uint8Array): void {
    this.records.read(piece);
    this.#wire.push(Buffer.from(piece));
  }

  /** FIN came: what is still to be decrypted comes first. */
  receiveEnd(): void {
    if (!this.records.endsWithAlert) this.transport.note("TLS: FIN came without close_notify");
    this.#wire.push(null);
    setTimeout(() => {
      this.#broke("the peer left");
      this.transport.receiveEnd();
    }, LATE);
  }

  [Symbol.dispose](): void {
    this.#tls.destroy();
    this.#wire.destroy();
  }
}

/** With a certificate of anybody's: whom the suite would believe is not the question. */
function layered(wire: Duplex, terms: TlsTerms): TLSSocket {
  if (terms.part === "server") {
    const { cert, key } = terms;
    return new TLSSocket(wire, { isServer: true, cert, key, minVersion: "TLSv1.3" });
  }
  const { version = "TLSv1.3" } = terms;
  const versions = { minVersion: version, maxVersion: version };
  return connect({ socket: wire, rejectUnauthorized: false, ...versions });
}
