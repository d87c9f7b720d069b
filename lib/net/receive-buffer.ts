// What has come on a connection: kept in order for whoever reads, or handed to a sink as it comes.

/** Takes bytes as they come; a promise holds the peer back until it is settled. */
export type Consumer = (bytes: Uint8Array) => void | Promise<void>;

/** Bytes kept for a reader that is not there yet before the peer is held back: a few lines of P are all that should come. */
const MAX_HELD = 64 * 1024;

/** Whose inbox it is: told what must be done about the peer, and that a sink has failed or has caught up. */
export interface ReceiveBufferOwner {
  setPaused(back: boolean): void;
  onError(error: Error): void;
  onProgress(): void;
}

/** Bytes in the order in which they came. */
export class ReceiveBuffer {
  readonly #pieces: Uint8Array[] = [];
  #held = 0;
  #sink: Consumer | undefined;
  #busy = false;
  #holding = false;

  constructor(private readonly owner: ReceiveBufferOwner) {}

  /** True while a sink has not settled its promise. */
  get isBusy(): boolean {
    return this.#busy;
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    this.#pump();
  }

  /** The next piece; undefined where there is none. */
  next(): Uint8Array | undefined {
    const bytes = this.#pieces.shift();
    this.#held -= bytes?.length ?? 0;
    this.#flow();
    return bytes;
  }

  /** Everything, without a sink. */
  takeAll(): Uint8Array {
    const all = Buffer.concat(this.#pieces.splice(0));
    this.#held = 0;
    this.#flow();
    return all;
  }

  /** From now on `sink` gets everything; one that answers with a promise gets the next bytes after it. */
  setConsumer(sink: Consumer): void {
    this.#sink = sink;
    this.#pump();
  }

  /** Drops everything; a sink may be stuck, and nobody waits for it any more. */
  clear(): void {
    this.#pieces.length = 0;
    this.#busy = false;
  }

  #pump(): void {
    try {
      while (this.#sink && !this.#busy && this.#pieces.length > 0) {
        const pending = this.#sink(this.next() as Uint8Array);
        if (pending) void this.#await(pending);
      }
    } catch (error) {
      this.owner.onError(error as Error);
    }
    this.#flow();
    if (!this.#sink) this.owner.onProgress();
  }

  async #await(pending: Promise<void>): Promise<void> {
    this.#busy = true;
    try {
      await pending;
    } catch (error) {
      this.owner.onError(error as Error);
    }
    this.#busy = false;
    this.#pump();
    this.owner.onProgress();
  }

  /** Holds the peer back while there is more than anyone takes. */
  #flow(): void {
    const hold = this.#busy || this.#held > MAX_HELD;
    if (hold === this.#holding) return;
    this.#holding = hold;
    this.owner.setPaused(hold);
  }
}
