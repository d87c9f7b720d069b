// One TCP connection as the rest of the program sees it: bounded reads and writes, and an orderly end.

import { type Endpoint, isSameHost } from "./address.ts";
import { AsyncEvent } from "./event.ts";
import { Failure } from "../errors.ts";
import { ReceiveBuffer, type Consumer } from "./receive-buffer.ts";
import { cork, disablePacing } from "../sys/libc.ts";
import { SpliceLoop, type SpliceSource, MIN_SPLICE } from "./splice-loop.ts";

/** Moves bytes from a socket past this process, and returns how many: 0 where it holds none, or where that cannot be. */
export type Splice = (socket: number) => number;

/** What a connection needs of the socket below it. `write` returns the bytes taken, or -1 on a closed one. */
export interface RawSocket {
  readonly fd: number;
  write(bytes: Uint8Array): number;
  shutdown(): void;
  pause(): void;
  resume(): void;
  end(): void;
  terminate(): void;
}

/** Bytes read and dropped while a peer is waited for that has been told the end: more is a flood, and not worth the memory. */
const MAX_DROPPED = 1024 * 1024;

/** How often a transfer looks whether it stalls: often enough to be near the limit, too seldom to cost anything. */
const STALL_CHECKS = 4;

/** A connected socket. The `on…` methods are for the file that owns the socket, everything else is for its users. */
export class Connection implements AsyncDisposable {
  readonly #readable = new AsyncEvent();
  readonly #writable = new AsyncEvent();
  readonly #inbox = new ReceiveBuffer({
    setPaused: (back) => this.#hold(back),
    onError: (error) => this.abort(error),
    onProgress: () => this.#readable.notify(),
  });
  /** Only where somebody draws: most connections carry a few lines. */
  #siphon: SpliceLoop | undefined;
  #full = false;
  #ended = false;
  #closed = false;
  #failure: Error | undefined;
  #interruption: Error | undefined;

  constructor(
    private socket: RawSocket,
    readonly local: Endpoint,
    readonly remote: Endpoint,
  ) {}

  /** The descriptor, for a call that moves bytes past this class. Throws once the socket is closed: the number may be another's by then. */
  get fd(): number {
    this.#assertOpen();
    return this.socket.fd;
  }

  /** True after the peer's FIN, a reset, or our own close. */
  get hasEnded(): boolean {
    return this.#ended || this.#closed;
  }

  /** The next bytes, or undefined at the peer's FIN. Throws a `timeout` failure after `ms` milliseconds, or what broke the connection. */
  async read(ms: number): Promise<Uint8Array | undefined> {
    const until = performance.now() + ms;
    for (;;) {
      const bytes = this.#inbox.next();
      if (bytes) return bytes;
      if (this.#failure ?? this.#interruption) throw this.#failure ?? this.#interruption;
      if (this.hasEnded) return undefined;
      if (!(await this.#readable.wait(until - performance.now()))) throw silence(ms);
    }
  }

  /**
   * Hands every byte to `sink`, in order, until the peer's FIN; `draw` may take bytes in between. Throws where nothing
   * comes for `stall` milliseconds, where one of them throws, or where the connection breaks.
   */
  async receive(sink: Consumer, stall: number, draw?: Splice): Promise<void> {
    let quiet = 0;
    const drawn = (): boolean => (draw?.(this.socket.fd) ?? 0) > 0 && ((quiet = 0), true);
    this.#siphon = draw && new SpliceLoop(this.#spliceSource(drawn));
    this.#inbox.setConsumer((bytes) => ((quiet = 0), sink(bytes)));
    while (!this.hasEnded || this.#inbox.isBusy) {
      if (await this.#readable.wait(stall / STALL_CHECKS)) continue;
      if (!this.#inbox.isBusy && ++quiet > STALL_CHECKS) throw silence(stall);
    }
    if (this.#failure) throw this.#failure;
  }

  /** Hands bytes to the kernel and returns how many it took: 0 where its buffer is full. Throws on a broken connection. */
  push(bytes: Uint8Array): number {
    this.#assertOpen();
    const taken = this.socket.write(bytes);
    if (taken < 0) this.abort(broken());
    this.#assertOpen();
    return taken;
  }

  /** Waits until the kernel takes bytes again. Throws a failure of code 426 where the peer reads nothing for `stall` milliseconds. */
  async waitForDrain(stall: number): Promise<void> {
    this.#assertOpen();
    const drained = await this.#writable.wait(stall);
    this.#assertOpen();
    if (!drained) throw new Failure("timeout", `The peer read nothing for ${seconds(stall)}.`, 426);
  }

  /** Sends all of the bytes, waiting at most `stall` milliseconds for each piece. */
  async write(bytes: Uint8Array | string, stall: number): Promise<void> {
    let rest = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
    while ((rest = rest.subarray(this.push(rest))).length > 0) await this.waitForDrain(stall);
  }

  /** Announces that `finish` follows the next write, with no wait between: the last bytes then share a segment with the FIN. */
  cork(): void {
    if (!this.#closed) cork(this.socket.fd);
  }

  /**
   * Announces many bytes. Within this machine they are not paced: BBR, where it is the system's congestion control, would
   * set a timer for nearly every segment, and that is half of what sending costs. Elsewhere the system's choice holds.
   */
  disablePacing(): void {
    if (!this.#closed && isSameHost(this.local, this.remote)) disablePacing(this.socket.fd);
  }

  /**
   * Ends the connection without losing a byte: sends FIN, reads on and drops what comes, waits at most `linger`
   * milliseconds for the peer's FIN, and closes. To close with bytes unread would make the kernel send a reset,
   * and that destroys what the peer has not read yet (RFC 1122, section 4.2.2.13).
   */
  async finish(linger: number): Promise<void> {
    if (this.#closed) return;
    let dropped = 0;
    this.socket.shutdown();
    this.#inbox.setConsumer((bytes) => {
      if ((dropped += bytes.length) > MAX_DROPPED) this.close();
    });
    const until = performance.now() + linger;
    while (!this.hasEnded && (await this.#readable.wait(until - performance.now())));
    this.close();
  }

  /** Closes at once. The kernel still delivers what it has taken. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.socket.end();
    this.#wake();
  }

  /** What has come and nobody has read, without waiting: a layer must not find it in the wrong place. */
  takeUnread(): Uint8Array {
    return this.#inbox.takeAll();
  }

  /** Goes on over `above`, a layer such as TLS, and returns the socket that the layer is to stand on. */
  insertLayer(above: RawSocket): RawSocket {
    const below = this.socket;
    this.socket = above;
    return below;
  }

  /** Makes a read that waits, or the next one, throw `reason`; the connection stays as it is. */
  interrupt(reason: Error): void {
    this.#interruption = reason;
    this.#readable.notify();
  }

  /** Breaks the connection: the peer sees a reset, and whoever waits here gets `reason`. */
  abort(reason: Error): void {
    if (this.#closed) return;
    this.#failure ??= reason;
    this.#closed = true;
    this.#inbox.clear();
    this.socket.terminate();
    this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  onData(bytes: Uint8Array): void {
    this.#inbox.push(bytes);
    if (bytes.length >= MIN_SPLICE) this.#siphon?.start();
  }

  onEnd(): void {
    this.#ended = true;
    this.#wake();
  }

  onDrain(): void {
    this.#writable.notify();
  }

  /** `error` is set where the peer reset the connection. */
  onClose(error?: Error): void {
    if (error && !this.#closed) this.#failure ??= broken();
    this.#closed = true;
    this.#wake();
  }

  #spliceSource(splice: () => boolean): SpliceSource {
    const connection = this;
    return {
      get canSplice() {
        return !connection.hasEnded && !connection.#inbox.isBusy && connection.#inbox.isEmpty;
      },
      splice,
      onRunningChange: () => this.#flow(),
      onError: (error) => this.abort(error),
    };
  }

  #hold(back: boolean): void {
    this.#full = back;
    this.#flow();
  }

  /** Bun takes nothing from the socket while the inbox is full, or while bytes are drawn past it. */
  #flow(): void {
    if (this.#closed) return;
    if (this.#full || this.#siphon?.isRunning) this.socket.pause();
    else this.socket.resume();
  }

  #assertOpen(): void {
    if (this.#failure) throw this.#failure;
    if (this.#closed) throw broken();
  }

  #wake(): void {
    this.#readable.notify();
    this.#writable.notify();
  }
}

function broken(): Failure {
  return new Failure("incomplete", "The peer broke the connection.", 426);
}

function silence(ms: number): Failure {
  return new Failure("timeout", `Nothing came for ${seconds(ms)}.`, 421);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
