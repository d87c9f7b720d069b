// The bytes that have come on a connection: kept in order for a reader, or given to a consumer as they come.

/** Takes bytes; the peer is held back until the promise is settled, if there is one. */
export type Consumer = (bytes: Uint8Array) => void | Promise<void>;

/** Bytes kept for a reader before the peer is held back. On P only a few lines should come. */
const MAX_BUFFERED = 64 * 1024;

/** What the buffer needs from outside. */
export interface ReceiveBufferOwner {
  /** Holds the peer back, or lets it send again. */
  setPaused(isPaused: boolean): void;
  /** The consumer has thrown. */
  onError(error: Error): void;
  /** There are bytes to read, or the consumer has finished with some. */
  onProgress(): void;
}

export class ReceiveBuffer {
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;
  #consumer: Consumer | undefined;
  #isBusy = false;
  #isPaused = false;

  constructor(private readonly owner: ReceiveBufferOwner) {}

  /** True until the consumer has settled its promise. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
    this.#deliver();
  }

  /** The next piece; undefined if there is none. */
  next(): Uint8Array | undefined {
    const bytes = this.#pieces.shift();
    this.#bytes -= bytes?.length ?? 0;
    this.#updatePaused();
    return bytes;
  }

  /** All bytes that nobody has read. */
  takeAll(): Uint8Array {
    const all = Buffer.concat(this.#pieces.splice(0));
    this.#bytes = 0;
    this.#updatePaused();
    return all;
  }

  /** From now on `consumer` gets all bytes. If it returns a promise, the next bytes come when that is settled. */
  setConsumer(consumer: Consumer): void {
    this.#consumer = consumer;
    this.#deliver();
  }

  /** Drops all bytes, and no longer waits for the consumer. */
  clear(): void {
    this.#pieces.length = 0;
    this.#isBusy = false;
  }

  #deliver(): void {
    try {
      while (this.#consumer && !this.#isBusy && this.#pieces.length > 0) {
        const pending = this.#consumer(this.next() as Uint8Array);
        if (pending) void this.#wait(pending);
      }
    } catch (error) {
      this.owner.onError(error as Error);
    }
    this.#updatePaused();
    if (!this.#consumer) this.owner.onProgress();
  }

  async #wait(pending: Promise<void>): Promise<void> {
    this.#isBusy = true;
    try {
      await pending;
    } catch (error) {
      this.owner.onError(error as Error);
    }
    this.#isBusy = false;
    this.#deliver();
    this.owner.onProgress();
  }

  #updatePaused(): void {
    const isPaused = this.#isBusy || this.#bytes > MAX_BUFFERED;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.owner.setPaused(isPaused);
  }
}
