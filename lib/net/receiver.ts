// The receiving half of a connection: bytes are kept in order for a reader, or given to a consumer as they come.

import { Failure } from "../errors.ts";
import { AsyncEvent } from "./event.ts";
import { MIN_SPLICE, SpliceLoop } from "./splice-loop.ts";

/** Takes bytes. If it returns a promise, the peer is held back until that is settled. */
export type Consumer = (bytes: Uint8Array) => void | Promise<void>;

/** Bytes kept for a reader before the peer is held back. On P only a few lines should come. */
const MAX_BUFFERED = 64 * 1024;

/** Bytes that are dropped while the peer has nothing more to say: more is a flood. */
const MAX_DROPPED = 1024 * 1024;

/** How often a transfer is checked for silence within its time limit: often enough to keep near the limit, and cheap. */
const STALL_CHECKS = 4;

/** The connection that the half belongs to. */
export interface ReceiverOwner {
  /** Holds the peer back, or lets it send again. */
  setPaused(isPaused: boolean): void;
  abort(reason: Error): void;
}

/** The methods of the same names in `Connection` say what they do. */
export class Receiver {
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;
  #consumer: Consumer | undefined;
  /** True until the consumer has settled its promise. */
  #isBusy = false;
  #isPaused = false;
  #spliceLoop: SpliceLoop | undefined;
  readonly #changed = new AsyncEvent();
  #hasEnded = false;
  #failure: Error | undefined;
  #interruption: Error | undefined;

  constructor(private readonly owner: ReceiverOwner) {}

  /** True if no more bytes come from the socket; some may still be unread. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  async read(ms: number): Promise<Uint8Array | undefined> {
    const deadline = performance.now() + ms;
    for (;;) {
      const bytes = this.#next();
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
    this.#setConsumer((bytes) => ((silentChecks = 0), consumer(bytes)));
    while (!this.#hasEnded || this.#isBusy) {
      if (await this.#changed.wait(stall / STALL_CHECKS)) continue;
      if (!this.#isBusy && ++silentChecks > STALL_CHECKS) throw silenceFailure(stall);
    }
    if (this.#failure) throw this.#failure;
  }

  ignore(): void {
    let dropped = 0;
    this.#setConsumer((bytes) => {
      if ((dropped += bytes.length) > MAX_DROPPED) this.owner.abort(floodFailure());
    });
  }

  /** Drops what comes until the end, for at most `ms` milliseconds and `MAX_DROPPED` bytes. */
  async discard(ms: number): Promise<void> {
    let dropped = 0;
    this.#setConsumer((bytes) => {
      if ((dropped += bytes.length) > MAX_DROPPED) this.end();
    });
    const deadline = performance.now() + ms;
    while (!this.#hasEnded && (await this.#changed.wait(deadline - performance.now())));
  }

  takeUnread(): Uint8Array {
    const all = Buffer.concat(this.#pieces.splice(0));
    this.#bytes = 0;
    this.#updatePaused();
    return all;
  }

  interrupt(reason: Error): void {
    this.#interruption = reason;
    this.#changed.notify();
  }

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    this.#deliver();
    if (bytes.length >= MIN_SPLICE) this.#spliceLoop?.start();
  }

  /** No more bytes come. `failure` is what broke the connection; undefined at the peer's FIN or our own close. */
  end(failure?: Error): void {
    this.#failure ??= failure;
    this.#hasEnded = true;
    this.#changed.notify();
  }

  /** Drops the unread bytes too, and no longer waits for the consumer. */
  fail(reason: Error): void {
    this.#pieces.length = 0;
    this.#isBusy = false;
    this.end(reason);
  }

  #next(): Uint8Array | undefined {
    const bytes = this.#pieces.shift();
    this.#bytes -= bytes?.length ?? 0;
    this.#updatePaused();
    return bytes;
  }

  #setConsumer(consumer: Consumer): void {
    this.#consumer = consumer;
    this.#deliver();
  }

  #deliver(): void {
    try {
      while (this.#consumer && !this.#isBusy && this.#pieces.length > 0) {
        const pending = this.#consumer(this.#next() as Uint8Array);
        if (pending) void this.#waitForConsumer(pending);
      }
    } catch (error) {
      this.owner.abort(error as Error);
    }
    this.#updatePaused();
    if (!this.#consumer) this.#changed.notify();
  }

  async #waitForConsumer(pending: Promise<void>): Promise<void> {
    this.#isBusy = true;
    await pending.catch((error) => this.owner.abort(error));
    this.#isBusy = false;
    this.#deliver();
    this.#changed.notify();
  }

  /** Bytes may be moved past the buffer only if it is empty: else they would overtake others. */
  #splice(splice: () => number): number {
    if (this.#hasEnded || this.#isBusy || this.#pieces.length > 0) return 0;
    try {
      return splice();
    } catch (error) {
      this.owner.abort(error as Error);
      return 0;
    }
  }

  #updatePaused(): void {
    const isSplicing = this.#spliceLoop?.isRunning === true;
    const isPaused = this.#isBusy || this.#bytes > MAX_BUFFERED || isSplicing;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.owner.setPaused(isPaused);
  }
}

function floodFailure(): Failure {
  return new Failure(
    "protocol",
    "The other side sent more than a megabyte that nobody asked for.",
    500,
  );
}

function silenceFailure(ms: number): Failure {
  return new Failure("timeout", `Nothing came for ${formatSeconds(ms)}.`, 421);
}

/** A time limit as a person reads it: in seconds, with one decimal place at most. */
export function formatSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
