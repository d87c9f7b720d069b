// Who is being served: a table of places that several processes can share, so that limits hold over all of them.

/** How many clients may be served at once, in all and from one address. */
export interface ClientLimits {
  readonly clients: number;
  readonly clientsPerAddress: number;
}

/** Which limit has been reached. */
export type FullReason = "clients" | "address";

/** One client's place. Disposing of it frees the place. */
export type Slot = Disposable;

/** Two 32-bit words a place, zero where it is free: together they name an address. */
const WORDS = 2;

/** The table of places: a region for each process, each `clients` places long. */
export class ClientTable {
  readonly #table: Int32Array;
  readonly #first: number;
  readonly #behind: number;
  readonly #free: number[];
  /** Our own clients by the words of their address: to count them in the table would look at thousands of places for each. */
  readonly #ours = new Map<string, number>();

  /**
   * `table` is memory of this process, or shared with others; then `worker` says which of the regions is ours to write.
   * Its length is `tableBytes(places, workers)`, and it begins as zeros.
   */
  constructor(
    private readonly places: ClientLimits,
    table: Int32Array = new Int32Array(tableBytes(places, 1) / Int32Array.BYTES_PER_ELEMENT),
    worker = 0,
  ) {
    this.#table = table;
    this.#first = worker * places.clients * WORDS;
    this.#behind = this.#first + places.clients * WORDS;
    this.#free = Array.from({ length: places.clients }, (_, index) => this.#first + index * WORDS);
  }

  /**
   * A place for a client from `address`, or which limit leaves none. The place is taken before the others are counted: two
   * processes that do so at once may both find the house full, but never both let the last one in. `hanging` is how
   * many more descriptors this address costs us.
   */
  enter(address: string, hanging = 0): Slot | FullReason {
    const at = this.#free.pop();
    if (at === undefined) return "clients";
    const [high, low] = addressWords(address);
    Atomics.store(this.#table, at, high);
    Atomics.store(this.#table, at + 1, low);
    const ours = (this.#ours.get(address) ?? 0) + 1;
    this.#ours.set(address, ours);
    const place = { [Symbol.dispose]: () => this.#leave(at, address) };
    const full = this.#full(high, low, ours + hanging);
    if (!full) return place;
    this.#leave(at, address);
    return full;
  }

  /** `near` counts those of the address that are ours to count. */
  #full(high: number, low: number, near: number): FullReason | undefined {
    let clients = this.places.clients - this.#free.length;
    let same = near;
    for (let at = 0; at < this.#table.length; at += WORDS) {
      if (at === this.#first) at = this.#behind; // our own are counted already

      if (this.#table[at] === undefined) break;
      if (this.#table[at] !== 0) clients++;
      if (this.#table[at] === high && this.#table[at + 1] === low) same++;
    }
    if (clients > this.places.clients) return "clients";
    return same > this.places.clientsPerAddress ? "address" : undefined;
  }

  #leave(at: number, address: string): void {
    const ours = this.#ours.get(address) ?? 0;
    if (ours > 1) this.#ours.set(address, ours - 1);
    else this.#ours.delete(address);
    Atomics.store(this.#table, at, 0);
    Atomics.store(this.#table, at + 1, 0);
    this.#free.push(at);
  }
}

/** How many bytes the table of so many processes has. */
export function tableBytes(places: ClientLimits, workers: number): number {
  return workers * places.clients * WORDS * Int32Array.BYTES_PER_ELEMENT;
}

/** Frees all places of a process that has died. */
export function clearRegion(table: Int32Array, places: ClientLimits, worker: number): void {
  const first = worker * places.clients * WORDS;
  table.fill(0, first, first + places.clients * WORDS);
}

/** Addresses whose words are remembered: most clients come again, and a hash costs more than all the rest of `enter`. */
const MOST_REMEMBERED = 1000;

const remembered = new Map<string, readonly [number, number]>();

/** 63 bits that name an address, the first word never zero. */
export function addressWords(address: string): readonly [number, number] {
  const known = remembered.get(address);
  if (known) return known;
  const hash = BigInt.asUintN(64, BigInt(Bun.hash(address)));
  const made = [Number(hash >> 32n) | 1 | 0, Number(hash & 0xffff_ffffn) | 0] as const;
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(address, made);
  return made;
}
