// Records of IP addresses in memory that several processes can share: each process writes its own region and reads all of them.

/** The size of one region: so many records of so many 32-bit words. The first two words of a record name its address. */
export interface RegionShape {
  readonly records: number;
  readonly words: number;
}

/** A record is found by its position: the index of its first word. A record is free if that word is zero. */
export class AddressTable {
  /** The bounds of the region of this process: the position of its first record, and the one after its last. */
  readonly first: number;
  readonly end: number;
  readonly #memory: Int32Array;

  /** `memory` begins as zeros; by default it belongs to this process alone. `worker` is the number of this process. */
  constructor(
    shape: RegionShape,
    memory: Int32Array = new Int32Array(regionWords(shape)),
    worker = 0,
  ) {
    this.#memory = memory;
    this.first = worker * regionWords(shape);
    this.end = this.first + regionWords(shape);
  }

  /** The position after the last record of all processes. */
  get length(): number {
    return this.#memory.length;
  }

  get(position: number): number {
    return this.#memory[position] ?? 0;
  }

  set(position: number, value: number): void {
    Atomics.store(this.#memory, position, value);
  }

  holds(position: number, [high, low]: AddressWords): boolean {
    return this.#memory[position] === high && this.#memory[position + 1] === low;
  }

  assign(position: number, [high, low]: AddressWords): void {
    this.set(position + 1, low);
    this.set(position, high);
  }

  /** Frees every record of the region. */
  clear(): void {
    this.#memory.fill(0, this.first, this.end);
  }
}

function regionWords({ records, words }: RegionShape): number {
  return records * words;
}

/** The size of a table for so many processes, in bytes. */
export function tableBytes(shape: RegionShape, workers: number): number {
  return workers * regionWords(shape) * Int32Array.BYTES_PER_ELEMENT;
}

/** Two words that name an address. */
export type AddressWords = readonly [high: number, low: number];

/** Names kept in memory: most clients come again, and the hash costs more than the rest of a visit to the table. */
const MAX_CACHED = 1000;

const cache = new Map<string, AddressWords>();

/** 63 bits of a hash of the address; the first word is never zero. */
export function addressWords(address: string): AddressWords {
  const cached = cache.get(address);
  if (cached) return cached;
  const hash = BigInt.asUintN(64, BigInt(Bun.hash(address)));
  const words = [Number(hash >> 32n) | 1 | 0, Number(hash & 0xffff_ffffn) | 0] as const;
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(address, words);
  return words;
}
