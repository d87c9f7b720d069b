// Counts the wrong passwords of each IP address, over all processes that serve one port.

import { addressWords, type AddressWords } from "../net/address-words.ts";

/** How long an address is remembered after its last wrong password, in seconds. */
const MEMORY = 10 * 60;

/** Addresses that one process remembers. One more takes the record of the address that has been quiet for longest. */
const MAX_ADDRESSES = 10_000;

/** A record is four 32-bit words: two name the address, then how often it failed here, and when it last did, in seconds. */
const WORDS = 4;
const [COUNT, LAST] = [2, 3];

/** Each process writes one region of the table, and reads all. */
const REGION = MAX_ADDRESSES * WORDS;

/** The size of the table for so many processes, in bytes. */
export const throttleTableBytes = (workers: number): number =>
  workers * REGION * Int32Array.BYTES_PER_ELEMENT;

export class LoginThrottle {
  readonly #first: number;

  /** `table` begins as zeros; it is shared if several processes serve one port, and this one is number `worker`. */
  constructor(
    private readonly table: Int32Array = new Int32Array(REGION),
    worker = 0,
    /** The wall clock, in ms: the one that all processes have in common. */
    private readonly now: () => number = Date.now,
  ) {
    this.#first = worker * REGION;
  }

  /** Records a wrong password. Returns how often the address has failed lately, in all processes. */
  countFailure(address: string): number {
    const words = addressWords(address);
    const now = Math.floor(this.now() / 1000);
    this.#record(words, now);
    let failures = 0;
    for (let at = 0; at < this.table.length; at += WORDS)
      if (this.#isRecent(at, words, now)) failures += this.#get(at + COUNT);
    return failures;
  }

  /** Only one process writes a region, so no count is lost. Another that reads at the same time is wrong by one at most. */
  #record(words: AddressWords, now: number): void {
    const at = this.#findRecord(words);
    const earlier = this.#isRecent(at, words, now) ? this.#get(at + COUNT) : 0;
    const record = [...words, earlier + 1, now];
    for (const [index, word] of record.entries()) Atomics.store(this.table, at + index, word);
  }

  /** The record of the address, or else the one that is free or has been quiet for longest. */
  #findRecord(words: AddressWords): number {
    let quietest = this.#first;
    for (let at = this.#first; at < this.#first + REGION; at += WORDS) {
      if (this.#isOf(at, words)) return at;
      if (this.#get(at + LAST) < this.#get(quietest + LAST)) quietest = at;
    }
    return quietest;
  }

  #isOf(at: number, [high, low]: AddressWords): boolean {
    return this.table[at] === high && this.table[at + 1] === low;
  }

  #isRecent(at: number, words: AddressWords, now: number): boolean {
    return this.#isOf(at, words) && now - this.#get(at + LAST) < MEMORY;
  }

  #get(at: number): number {
    return this.table[at] ?? 0;
  }
}
