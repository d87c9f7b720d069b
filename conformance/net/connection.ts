// One TCP connection of the suite: every byte and every end of it goes to the timeline.

import type { Socket } from "bun";
import { show } from "./bytes.ts";
import type { Timeline } from "./timeline.ts";
import { TlsEndpoint, type TlsTerms } from "./tls.ts";

/** Bytes that are kept: more than any case asks for, but a flood must not fill the memory. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Marks a text in the timeline that was encrypted on the wire. */
const IN_TLS = "in TLS: ";

export interface Address {
  host: string;
  port: number;
}

/** P or Q. Each direction can be closed alone, since rules speak about it. */
export class Connection implements Disposable {
  /** The subject has ended its direction: by FIN, or by close_notify in TLS. */
  hasReceivedEnd = false;
  /** FIN has arrived. */
  hasReceivedFin = false;
  /** The subject has sent RST. */
  wasReset = false;
  /** The connection is closed, for any reason. */
  isClosed = false;
  /** Whether the suite ends its direction as soon as the subject does, as a client does with Q (N8.2). */
  closesAfterPeer = false;
  readonly remote: Address;
  readonly local: Address;
  /** The number of bytes that have arrived. */
  length = 0;
  /** When the last bytes arrived, or the connection began, in milliseconds of the timeline. */
  lastReceivedAt: number;
  /** When the subject ended its direction. */
  endedAt = Infinity;
  /** TLS, once it has started; then `bytes` and `text` are decrypted. */
  tls: TlsEndpoint | undefined;
  /** Called before bytes are taken in, at the moment when they have arrived. */
  onData: (() => void) | undefined;
  /** It grows by doubling, since many callers look at all bytes after each piece. */
  #buffer: Buffer = Buffer.alloc(0);
  /** The bytes of the buffer that are in use. */
  #used = 0;
  #unsent: Uint8Array = new Uint8Array(0);
  #isFinishing = false;
  /** The socket is gone, so that its end cannot be answered. */
  #isGone = false;

  constructor(
    readonly name: "P" | "Q",
    readonly timeline: Timeline,
    readonly socket: Socket<unknown>,
  ) {
    socket.setNoDelay(true);
    this.lastReceivedAt = timeline.now();
    // Read now, since a closed socket does not know its addresses any more.
    this.remote = { host: normalizeAddress(socket.remoteAddress), port: socket.remotePort };
    this.local = { host: normalizeAddress(socket.localAddress), port: socket.localPort };
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#used);
  }

  get text(): string {
    return this.bytes.toString("latin1");
  }

  /** What the subject has sent here, for a message. */
  get description(): string {
    const what = this.length > 0 ? show(this.bytes) : "nothing";
    return `${what} on ${this.name}${this.hasEnded ? ", and its end" : ""}`;
  }

  /** Nothing more will arrive. */
  get hasEnded(): boolean {
    return this.hasReceivedEnd || this.isClosed;
  }

  /** Sends one piece with one send(): many programs read a request with one recv(). */
  send(data: string | Uint8Array): void {
    // Nothing is sent on a closed connection, and the timeline must not say so.
    if (this.isClosed) return;
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    this.timeline.markData(this.name, "suite", "data", bytes, this.tls && IN_TLS);
    if (this.tls) this.tls.send(bytes);
    else this.transmit(bytes);
  }

  /** Puts bytes on the wire as they are. */
  transmit(bytes: Uint8Array): void {
    this.#unsent = this.#unsent.length ? Buffer.concat([this.#unsent, bytes]) : bytes;
    this.flush();
  }

  flush(): void {
    if (this.isClosed || this.#unsent.length === 0) return;
    const written = this.socket.write(this.#unsent);
    if (written > 0) this.#unsent = this.#unsent.subarray(written);
    if (this.#isFinishing && this.#unsent.length === 0) this.socket.shutdown();
  }

  /** Ends the suite's direction after the last bytes, and goes on reading. */
  finish(): void {
    if (this.tls) this.tls.end();
    else this.sendFin();
  }

  /** Sends FIN; in TLS without close_notify, which is against its rules. */
  sendFin(): void {
    if (this.isClosed || this.#isFinishing) return;
    this.timeline.mark(this.name, "suite", "FIN");
    this.#isFinishing = true;
    if (this.#unsent.length === 0) this.socket.shutdown();
  }

  /** Closes both directions, as close(2) does. */
  close(): void {
    if (this.isClosed) return;
    if (!this.#isFinishing) this.timeline.mark(this.name, "suite", "FIN", "closed", "closed");
    this.isClosed = true;
    this.socket.end();
  }

  /** Resets the connection. */
  abort(): void {
    if (this.isClosed) return;
    this.timeline.mark(this.name, "suite", "RST");
    this.isClosed = true;
    this.socket.terminate();
  }

  /** Takes bytes from the socket. */
  receive(piece: Uint8Array): void {
    if (this.isClosed) return;
    if (this.tls) this.tls.receive(piece);
    else this.#receiveData(piece);
  }

  #receiveData(piece: Uint8Array): void {
    this.onData?.();
    // Once a piece did not fit, later ones are dropped too: they would be in the wrong place.
    const isWhole = this.#used === this.length;
    if (isWhole && this.length + piece.length <= KEPT_BYTES) this.#keep(piece);
    this.length += piece.length;
    this.lastReceivedAt = this.timeline.now();
    this.timeline.markData(this.name, "subject", "data", piece, this.tls && IN_TLS);
  }

  #keep(piece: Uint8Array): void {
    const needed = this.length + piece.length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
      this.#buffer.copy(grown, 0, 0, this.length);
      this.#buffer = grown;
    }
    this.#buffer.set(piece, this.length);
    this.#used = needed;
  }

  /** Takes FIN from the socket. */
  receiveEnd(): void {
    if (this.isClosed || this.hasReceivedFin) return;
    this.hasReceivedFin = true;
    this.timeline.mark(this.name, "subject", "FIN");
    if (this.tls) this.tls.receiveEnd();
    else this.#endReceiving();
  }

  #endReceiving(): void {
    if (this.hasReceivedEnd) return;
    this.hasReceivedEnd = true;
    this.endedAt = this.timeline.now();
    if (this.closesAfterPeer && !this.#isFinishing && !this.#isGone) this.finish();
  }

  /** Takes the close event from the socket. */
  receiveClose(error?: Error): void {
    if (this.isClosed) return;
    this.#isGone = true;
    this.endedAt = Math.min(this.endedAt, this.timeline.now());
    this.wasReset = error !== undefined;
    if (this.wasReset) this.timeline.mark(this.name, "subject", "RST");
    else if (!this.hasReceivedFin) this.receiveEnd();
    this.isClosed = true;
  }

  /** Starts TLS on the connection; bytes that have arrived belong to it. Says whether the handshake succeeds in time. */
  async startTls(terms: TlsTerms, limit: number): Promise<boolean> {
    const early = Buffer.from(this.bytes);
    [this.#used, this.length] = [0, 0];
    const transport = {
      transmit: (bytes: Uint8Array) => this.transmit(bytes),
      sendFin: () => this.sendFin(),
      receive: (piece: Uint8Array) => this.#receiveData(piece),
      receiveEnd: () => this.#endReceiving(),
      note: (text: string) => this.timeline.mark(this.name, "suite", "note", text),
    };
    const tls = (this.tls = new TlsEndpoint(transport, terms));
    if (early.length > 0) tls.receive(early);
    const isSettled = (): boolean =>
      tls.isEstablished || tls.failure !== undefined || this.isClosed;
    await this.timeline.waitUntil(isSettled, limit);
    return tls.isEstablished;
  }

  [Symbol.dispose](): void {
    this.tls?.[Symbol.dispose]();
    this.isClosed = true;
    this.socket.terminate();
  }
}

/** An address without the prefix that an IPv4 peer has on an IPv6 socket. */
export const normalizeAddress = (address: string): string => address.replace(/^::ffff:/, "");
