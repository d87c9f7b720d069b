// The receiving half of a connection: gives bytes to one reader or consumer, and says when no more will come.

import { Failure } from "../errors.ts";
import { AsyncEvent } from "./event.ts";
import { type Consumer, ReceiveBuffer } from "./receive-buffer.ts";
import { MIN_SPLICE, SpliceLoop } from "./splice-loop.ts";

/** Bytes that are dropped while the peer has still to close: more is a flood. */
const MAX_DROPPED = 1024 * 1024;

/** How often a transfer is checked for silence within its time limit: often enough to keep near the limit, and cheap. */
const STALL_CHECKS = 4;

/** The connection that the half belongs to. */
export interface ReceiverOwner {
  /** Stops or starts reading from the socket. */
  setPaused(isPaused: boolean): void;
  abort(reason: Error): void;
}

/** The methods of the same names in `Connection` say what they do. */
export class Receiver {
  readonly #changed = new AsyncEvent();
  readonly #buffer: ReceiveBuffer;
  #spliceLoop: SpliceLoop | undefined;
  #isFull = false;
  #hasEnded = false;
  #failure: Error | undefined;
  #interruption: Error | undefined;

  constructor(private readonly owner: ReceiverOwner) {
    this.#buffer = new ReceiveBuffer({
      setPaused: (isPaused) => {
        this.#isFull = isPaused;
        this.#updatePaused();
      },
      onError: (error) => owner.abort(error),
      onProgress: () => this.#changed.notify(),
    });
  }

  /** True if no more bytes come from the socket; some may still be unread. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  async read(ms: number): Promise<Uint8Array | undefined> {
    const deadline = performance.now() + ms;
    for (;;) {
      const bytes = this.#buffer.next();
      if (bytes) return bytes;
      if (this.#failure ?? this.#interruption) throw this.#failure ?? this.#interruption;
      if (this.#hasEnded) return undefined;
      if (!(await this.#changed.wait(deadline - performance.now()))) throw silenceFailure(ms);
    }
  }

  async receive(consumer: Consumer, stall: number, splice?: () => number): Promise<void> {
    let silentChecks = 0;
    if (splice) {
      const spliceOnce = () => this.#splice(splice) > 0 && ((silentChecks = 0), true);
      this.#spliceLoop = new SpliceLoop(spliceOnce, () => this.#updatePaused());
    }
    this.#buffer.setConsumer((bytes) => ((silentChecks = 0), consumer(bytes)));
    while (!this.#hasEnded || this.#buffer.isBusy) {
      if (await this.#changed.wait(stall / STALL_CHECKS)) continue;
      if (!this.#buffer.isBusy && ++silentChecks > STALL_CHECKS) throw silenceFailure(stall);
    }
    if (this.#failure) throw this.#failure;
  }

  /** Drops what comes until the end, for at most `ms` milliseconds and `MAX_DROPPED` bytes. */
  async discard(ms: number): Promise<void> {
    let dropped = 0;
    this.#buffer.setConsumer((bytes) => {
      if ((dropped += bytes.length) > MAX_DROPPED) this.end();
    });
    const deadline = performance.now() + ms;
    while (!this.#hasEnded && (await this.#changed.wait(deadline - performance.now())));
  }

  takeUnread(): Uint8Array {
    return this.#buffer.takeAll();
  }

  interrupt(reason: Error): void {
    this.#interruption = reason;
    this.#changed.notify();
  }

  push(bytes: Uint8Array): void {
    this.#buffer.push(bytes);
    if (bytes.length >= MIN_SPLICE) this.#spliceLoop?.start();
  }

  /** No more bytes come. `failure` is what broke the connection; undefined at the peer's FIN or our own close. */
  end(failure?: Error): void {
    this.#failure ??= failure;
    this.#hasEnded = true;
    this.#changed.notify();
  }

  /** Drops the unread bytes too. */
  fail(reason: Error): void {
    this.#buffer.clear();
    this.end(reason);
  }

  /** Bytes may be moved past the buffer only if it is empty: else they would overtake others. */
  #splice(splice: () => number): number {
    if (this.#hasEnded || this.#buffer.isBusy || !this.#buffer.isEmpty) return 0;
    try {
      return splice();
    } catch (error) {
      this.owner.abort(error as Error);
      return 0;
    }
  }

  #updatePaused(): void {
    this.owner.setPaused(this.#isFull || this.#spliceLoop?.isRunning === true);
  }
}

function silenceFailure(ms: number): Failure {
  return new Failure("timeout", `Nothing came for ${formatSeconds(ms)}.`, 421);
}

/** A time limit as a person reads it: in seconds, with one decimal place at most. */
export function formatSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
