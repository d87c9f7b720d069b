// One TCP connection as the suite sees it: every byte and every end of it goes on the timeline.

import type { Socket } from "bun";
import { show } from "./bytes.ts";
import { TlsEndpoint, type TlsTerms } from "./tls.ts";
import type { Timeline } from "./timeline.ts";

const CAP = 64 * 1024 * 1024; // more than any case asks for: a flood must not eat the memory

/** What marks a text in the timeline that nobody on the way could read. */
const IN_TLS = "in TLS: ";

export interface Address {
  host: string;
  port: number;
}

/** P or Q. Half-closing is allowed in both directions, since the rules speak about it. */
export class Connection implements Disposable {
  /** The subject has sent FIN. */
  hasReceivedEnd = false;
  /** FIN has come, which within TLS is not the end that counts. */
  hasReceivedFin = false;
  /** The subject has sent RST. */
  wasReset = false;
  /** Nothing more will come, for whatever reason. */
  isClosed = false;
  /** Whether the suite ends its direction as soon as the subject has: as a client does with Q (N8.2). */
  closesAfterPeer = false;
  readonly remote: Address;
  readonly local: Address;
  length = 0;
  /** When the last piece came, or the connection itself, and when the subject ended it, in the timeline's milliseconds. */
  lastReceivedAt: number;
  endedAt = Infinity;
  /** One buffer that grows by doubling: many look at all of it after each piece. */
  #kept: Buffer = Buffer.alloc(0);
  #size = 0;
  #pending: Uint8Array = new Uint8Array(0);
  #finishing = false;
  /** TLS, once it has begun: then bytes and text are what was said in it. */
  tls: TlsEndpoint | undefined;

  constructor(
    readonly name: "P" | "Q",
    readonly timeline: Timeline,
    readonly socket: Socket<unknown>,
  ) {
    socket.setNoDelay(true);
    this.lastReceivedAt = timeline.now();
    // Kept, since a socket that is closed on both sides does not know them any more.
    this.remote = { host: normalizeAddress(socket.remoteAddress), port: socket.remotePort };
    this.local = { host: normalizeAddress(socket.localAddress), port: socket.localPort };
  }

  get bytes(): Buffer {
    return this.#kept.subarray(0, this.#size);
  }

  get text(): string {
    return this.bytes.toString("latin1");
  }

  /** What the subject has said here, for a message. */
  get description(): string {
    const what = this.length > 0 ? show(this.bytes) : "nothing";
    return `${what} on ${this.name}${this.hasEnded ? ", and its end" : ""}`;
  }

  /** The subject has nothing more to say here. */
  get hasEnded(): boolean {
    return this.hasReceivedEnd || this.isClosed;
  }

  /** One piece, one send(): many programs take one recv() for one request. */
  send(data: string | Uint8Array): void {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    this.timeline.markData(this.name, "suite", "data", bytes, this.tls && IN_TLS);
    if (this.tls) this.tls.send(bytes);
    else this.transmit(bytes);
  }

  /** Puts bytes on the wire as they are. */
  transmit(bytes: Uint8Array): void {
    this.#pending = this.#pending.length ? Buffer.concat([this.#pending, bytes]) : bytes;
    this.flush();
  }

  flush(): void {
    if (this.isClosed || this.#pending.length === 0) return;
    const taken = this.socket.write(this.#pending);
    if (taken > 0) this.#pending = this.#pending.subarray(taken);
    if (this.#finishing && this.#pending.length === 0) this.socket.shutdown();
  }

  /** Sends FIN after what is still to be sent, and goes on reading. */
  finish(): void {
    if (this.tls) return this.tls.end();
    this.sendFin();
  }

  /** Sends FIN alone, also within TLS, which is against its rules. */
  sendFin(): void {
    this.timeline.mark(this.name, "suite", "FIN");
    this.#finishing = true;
    if (this.#pending.length === 0 && !this.isClosed) this.socket.shutdown();
  }

  /** Closes for good, as close(2) would. */
  close(): void {
    if (this.isClosed) return;
    if (!this.#finishing) this.timeline.mark(this.name, "suite", "FIN", "closed");
    this.isClosed = true;
    this.socket.end();
  }

  /** Breaks the connection off with RST. */
  abort(): void {
    if (this.isClosed) return;
    this.timeline.mark(this.name, "suite", "RST");
    this.isClosed = true;
    this.socket.terminate();
  }

  /** From the handlers: what the subject did. */
  receive(piece: Uint8Array): void {
    if (this.tls) this.tls.receive(piece);
    else this.#heard(piece);
  }

  #heard(piece: Uint8Array): void {
    if (this.#size === this.length && this.length + piece.length <= CAP) this.#keep(piece);
    this.length += piece.length;
    this.lastReceivedAt = this.timeline.now();
    this.timeline.markData(this.name, "subject", "data", piece, this.tls && IN_TLS);
  }

  #keep(piece: Uint8Array): void {
    const wanted = this.length + piece.length;
    if (wanted > this.#kept.length) {
      const grown = Buffer.allocUnsafe(Math.max(wanted, 2 * this.#kept.length));
      this.#kept.copy(grown, 0, 0, this.length);
      this.#kept = grown;
    }
    this.#kept.set(piece, this.length);
    this.#size = wanted;
  }

  receiveEnd(): void {
    this.hasReceivedFin = true;
    this.timeline.mark(this.name, "subject", "FIN");
    if (this.tls) this.tls.receiveEnd();
    else this.#heardEnd();
  }

  #heardEnd(): void {
    if (this.hasReceivedEnd) return;
    this.hasReceivedEnd = true;
    this.endedAt = this.timeline.now();
    if (this.closesAfterPeer && !this.#finishing) this.finish();
  }

  receiveClose(error?: Error): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.endedAt = Math.min(this.endedAt, this.timeline.now());
    this.wasReset = error !== undefined;
    if (this.wasReset) this.timeline.mark(this.name, "subject", "RST");
    else if (!this.hasReceivedFin) this.receiveEnd();
  }

  /** Goes on over TLS, in place; what has come belongs to it. Says whether hands are shaken within the limit. */
  async startTls(terms: TlsTerms, limit: number): Promise<boolean> {
    const came = Buffer.from(this.bytes);
    [this.#size, this.length] = [0, 0];
    const secrecy = new TlsEndpoint(
      {
        transmit: (bytes) => this.transmit(bytes),
        sendFin: () => this.sendFin(),
        receive: (piece) => this.#heard(piece),
        receiveEnd: () => this.#heardEnd(),
        note: (text) => this.timeline.mark(this.name, "suite", "note", text),
      },
      terms,
    );
    this.tls = secrecy;
    if (came.length > 0) secrecy.receive(came);
    const settled = (): boolean =>
      secrecy.isEstablished || secrecy.failure !== undefined || this.isClosed;
    await this.timeline.waitUntil(settled, limit);
    return secrecy.isEstablished;
  }

  [Symbol.dispose](): void {
    this.tls?.[Symbol.dispose]();
    this.isClosed = true;
    this.socket.terminate();
  }
}

/** An address without the prefix that an IPv4 peer has on an IPv6 socket. */
export function normalizeAddress(address: string): string {
  return address.replace(/^::ffff:/, "");
}
