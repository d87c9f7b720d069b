// Which addresses guess passwords, and how often they have: a table that several processes can share, as they do the census.

import { addressWords } from "../server/client-table.ts";

/** How long an address is remembered after its last wrong password, in seconds. */
const MEMORY = 10 * 60;

/** Addresses remembered by one process at most; of more, the one that has been quiet for longest is forgotten. */
const MOST_ADDRESSES = 10_000;

/** 32-bit words an address: two that name it, how often it failed here, and when it last did, in seconds. */
const WORDS = 4;
const [COUNT, LAST] = [2, 3];
const REGION = MOST_ADDRESSES * WORDS;

/** How many bytes the table of so many processes has. */
export const throttleTableBytes = (workers: number): number =>
  workers * REGION * Int32Array.BYTES_PER_ELEMENT;

export class LoginThrottle {
  readonly #table: Int32Array;
  readonly #first: number;

  /** `table` begins as zeros; `worker` says which of its regions is ours to write. All of them are read. */
  constructor(
    table: Int32Array = new Int32Array(throttleTableBytes(1) / Int32Array.BYTES_PER_ELEMENT),
    worker = 0,
    /** The wall clock, in ms: the one that all processes have in common. */
    private readonly now: () => number = Date.now,
  ) {
    this.#table = table;
    this.#first = worker * REGION;
  }

  /** Notes a wrong password; returns how often the address has failed of late, in whatever process. */
  count(address: string): number {
    const [high, low] = addressWords(address);
    const now = Math.floor(this.now() / 1000);
    this.#note(high, low, now);
    let failures = 0;
    for (let at = 0; at < this.#table.length; at += WORDS)
      if (this.#is(at, high, low) && this.#isFresh(at, now)) failures += this.#word(at + COUNT);
    return failures;
  }

  /** One process writes a region, so that nothing is lost; another that reads meanwhile is off by one at most. */
  #note(high: number, low: number, now: number): void {
    const at = this.#placeOf(high, low);
    const known = this.#is(at, high, low) && this.#isFresh(at, now);
    Atomics.store(this.#table, at + COUNT, known ? this.#word(at + COUNT) + 1 : 1);
    Atomics.store(this.#table, at + LAST, now);
    Atomics.store(this.#table, at + 1, low);
    Atomics.store(this.#table, at, high);
  }

  /** Where the address stands, or else the place that is free or has been quiet for longest. */
  #placeOf(high: number, low: number): number {
    let quietest = this.#first;
    for (let at = this.#first; at < this.#first + REGION; at += WORDS) {
      if (this.#is(at, high, low)) return at;
      if (this.#word(at + LAST) < this.#word(quietest + LAST)) quietest = at;
    }
    return quietest;
  }

  #is(at: number, high: number, low: number): boolean {
    return this.#word(at) === high && this.#word(at + 1) === low;
  }

  #isFresh(at: number, now: number): boolean {
    return now - this.#word(at + LAST) < MEMORY;
  }

  #word(at: number): number {
    return this.#table[at] ?? 0;
  }
}
