// Counts the wrong passwords of each IP address, over all processes that serve one port.

import { AddressTable, addressWords, type AddressWords, tableBytes } from "../net/address-table.ts";

/** How long an address is remembered after its last wrong password, in seconds. */
const MEMORY = 10 * 60;

/** Addresses that one process remembers. One more takes the record of the address that has been quiet for longest. */
const MAX_ADDRESSES = 10_000;

/** After the name of the address: how often it failed here, and the time of its last failure, in seconds. */
const [COUNT, LAST] = [2, 3];
const SHAPE = { records: MAX_ADDRESSES, words: 4 };

/** The size of the table for so many processes, in bytes. */
export const throttleTableBytes = (workers: number): number => tableBytes(SHAPE, workers);

export class LoginThrottle {
  readonly #table: AddressTable;

  /** `memory` begins as zeros; it is shared if several processes serve one port, and this one is number `worker`. */
  constructor(
    memory?: Int32Array,
    worker?: number,
    /** The wall clock, in ms: the one that all processes have in common. */
    private readonly now: () => number = Date.now,
  ) {
    this.#table = new AddressTable(SHAPE, memory, worker);
  }

  /** Records a wrong password. Returns how often the address has failed lately, in all processes. */
  countFailure(address: string): number {
    const words = addressWords(address);
    const now = Math.floor(this.now() / 1000);
    this.#record(words, now);
    let failures = 0;
    for (let at = 0; at < this.#table.length; at += SHAPE.words)
      if (this.#isRecent(at, words, now)) failures += this.#table.get(at + COUNT);
    return failures;
  }

  /** Only one process writes a region, so no count is lost. Another that reads at the same time is wrong by one at most. */
  #record(words: AddressWords, now: number): void {
    const at = this.#findRecord(words);
    const earlier = this.#isRecent(at, words, now) ? this.#table.get(at + COUNT) : 0;
    this.#table.set(at + COUNT, earlier + 1);
    this.#table.set(at + LAST, now);
    this.#table.assign(at, words);
  }

  /** The record of the address, or else one that is free or has been quiet for longest. */
  #findRecord(words: AddressWords): number {
    const table = this.#table;
    let quietest = table.first;
    for (let at = table.first; at < table.end; at += SHAPE.words) {
      if (table.holds(at, words)) return at;
      if (table.get(at + LAST) < table.get(quietest + LAST)) quietest = at;
    }
    return quietest;
  }

  #isRecent(at: number, words: AddressWords, now: number): boolean {
    return this.#table.holds(at, words) && now - this.#table.get(at + LAST) < MEMORY;
  }
}
