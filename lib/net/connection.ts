// One TCP connection: reads and writes with time limits, and an orderly end.

import { Failure } from "../errors.ts";
import { cork, disablePacing, keepAlive, limitReceiveBuffer, limitUnsent } from "../sys/libc.ts";
import { type Endpoint, isSameHost } from "./address.ts";
import { AsyncEvent } from "./event.ts";
import { type Consumer, formatSeconds, Receiver } from "./receiver.ts";

/** Moves bytes from a socket past this process. Returns how many: 0 if there are none, or if it cannot. */
export type Splice = (socket: number) => number;

/** What a connection needs of the socket below it. `write` returns how many bytes were taken, or -1 if the socket is closed. */
export interface RawSocket {
  readonly fd: number;
  write(bytes: Uint8Array): number;
  shutdown(): void;
  pause(): void;
  resume(): void;
  end(): void;
  terminate(): void;
}

/** The `on…` methods are for the file that owns the socket; all others are for the users of the connection. */
export class Connection implements AsyncDisposable {
  readonly #receiver = new Receiver({
    setPaused: (isPaused) => this.#setPaused(isPaused),
    abort: (reason) => this.abort(reason),
  });
  readonly #writable = new AsyncEvent();
  #isClosed = false;
  #failure: Error | undefined;

  constructor(
    private socket: RawSocket,
    readonly local: Endpoint,
    readonly remote: Endpoint,
  ) {}

  /** The descriptor, for a call that moves bytes past this class. Throws after the close: another file may have the number then. */
  get fd(): number {
    this.#assertOpen();
    return this.socket.fd;
  }

  /** True after the peer's FIN, a reset, or our own close. */
  get hasEnded(): boolean {
    return this.#receiver.hasEnded;
  }

  /** True after a reset or our own close. The peer's FIN alone closes nothing: it may still read. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The next bytes, or undefined at the peer's FIN. Throws a `timeout` failure after `ms` milliseconds, or what broke the connection. */
  read(ms: number): Promise<Uint8Array | undefined> {
    return this.#receiver.read(ms);
  }

  /**
   * Gives every byte to `consumer`, in order, until the peer's FIN; `splice` may move bytes past it. Throws if nothing comes
   * for `stall` milliseconds, if one of the two throws, or if the connection breaks.
   */
  receive(consumer: Consumer, stall: number, splice?: Splice): Promise<void> {
    return this.#receiver.receive(consumer, stall, splice && (() => splice(this.socket.fd)));
  }

  /** The bytes that have come and that nobody has read, without waiting. */
  takeUnread(): Uint8Array {
    return this.#receiver.takeUnread();
  }

  /** Drops what comes from now on, so that the peer's FIN is seen. Breaks the connection after more than a megabyte. */
  ignoreInput(): void {
    this.#receiver.ignore();
  }

  /** Makes the present read, or else the next one, throw `reason`. The connection stays open. */
  interrupt(reason: Error): void {
    this.#receiver.interrupt(reason);
  }

  /** Gives bytes to the kernel, and returns how many it took: 0 if its buffer is full. Throws if the connection is broken. */
  push(bytes: Uint8Array): number {
    this.#assertOpen();
    const taken = this.socket.write(bytes);
    if (taken < 0) this.abort(brokenFailure());
    this.#assertOpen();
    return taken;
  }

  /** Waits until the kernel takes bytes again. Throws a failure of code 426 if the peer reads nothing for `stall` milliseconds. */
  async waitForDrain(stall: number): Promise<void> {
    this.#assertOpen();
    const isWritable = await this.#writable.wait(stall);
    this.#assertOpen();
    if (isWritable) return;
    throw new Failure("timeout", `The other side read nothing for ${formatSeconds(stall)}.`, 426);
  }

  /** Sends all bytes. Waits at most `stall` milliseconds each time the kernel is full. */
  async write(bytes: Uint8Array | string, stall: number): Promise<void> {
    let rest = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
    while ((rest = rest.subarray(this.push(rest))).length > 0) await this.waitForDrain(stall);
  }

  /** Call it if `finish` follows the next write at once: the last bytes then share a segment with the FIN. */
  cork(): void {
    if (!this.#isClosed) cork(this.socket.fd);
  }

  /** Call it for a connection that is silent for long, while another one carries the bytes. */
  keepAlive(): void {
    if (!this.#isClosed) keepAlive(this.socket.fd);
  }

  /** Call it if only lines come from the peer: one that sends more then waits, and costs the kernel little memory. */
  limitReceiveBuffer(): void {
    if (!this.#isClosed) limitReceiveBuffer(this.socket.fd);
  }

  /** Call it before many bytes from memory: the kernel then copies only few of them for a peer that does not read. */
  limitUnsent(): void {
    if (!this.#isClosed) limitUnsent(this.socket.fd);
  }

  /**
   * Call it before many bytes. Within this machine they are then not paced: BBR, if the system uses it, would set a timer
   * for nearly every segment, which is half of what sending costs. To other machines the system's choice remains.
   */
  disablePacing(): void {
    if (!this.#isClosed && isSameHost(this.local, this.remote)) disablePacing(this.socket.fd);
  }

  /**
   * Ends the connection without losing a byte: sends FIN, drops what still comes, waits at most `linger` milliseconds for
   * the peer's FIN, and closes. If it closed with unread bytes, the kernel would send a reset, and the peer
   * would lose what it has not read yet (RFC 1122, section 4.2.2.13).
   */
  async finish(linger: number): Promise<void> {
    if (this.#isClosed) return;
    this.socket.shutdown();
    await this.#receiver.discard(linger);
    this.close();
  }

  /** Closes at once. The kernel still delivers what it has taken. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.socket.end();
    this.#receiver.end();
    this.#writable.notify();
  }

  /** Breaks the connection: the peer sees a reset, and every call that waits here throws `reason`. */
  abort(reason: Error): void {
    if (this.#isClosed) return;
    this.#failure = reason;
    this.#isClosed = true;
    this.socket.terminate();
    this.#receiver.fail(reason);
    this.#writable.notify();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /**
   * Puts a layer such as TLS between the connection and its socket. Returns the socket, which the layer then uses. It tells
   * no addresses and ports any more, so they are asked for now.
   */
  insertLayer(layer: RawSocket): RawSocket {
    for (const end of [this.local, this.remote]) void [end.address, end.port];
    const below = this.socket;
    this.socket = layer;
    return below;
  }

  onData(bytes: Uint8Array): void {
    this.#receiver.push(bytes);
  }

  onEnd(): void {
    this.#receiver.end();
    this.#writable.notify();
  }

  onDrain(): void {
    this.#writable.notify();
  }

  /** `error` is set if the peer has reset the connection. */
  onClose(error?: Error): void {
    if (error && !this.#isClosed) this.#failure = brokenFailure();
    this.#isClosed = true;
    this.#receiver.end(this.#failure);
    this.#writable.notify();
  }

  #setPaused(isPaused: boolean): void {
    if (this.#isClosed) return;
    if (isPaused) this.socket.pause();
    else this.socket.resume();
  }

  #assertOpen(): void {
    if (this.#failure) throw this.#failure;
    if (this.#isClosed) throw brokenFailure();
  }
}

function brokenFailure(): Failure {
  return new Failure("incomplete", "The other side broke the connection.", 426);
}
