// Counts the clients that are served now, in all and by address (IPv6: by /64), over all processes that serve one port.

import { clientSource } from "../net/client-source.ts";
import { sourceWords, type SourceWords } from "../net/source-words.ts";

/** How many clients may be served at one time, in all and from one address. An IPv6 /64 counts as one address. */
export interface ClientLimits {
  readonly clients: number;
  readonly clientsPerAddress: number;
}

/** Which limit has been reached. */
export type FullReason = "clients" | "address";

/** The place of one client. Disposing of it frees the place. */
export type Slot = Disposable;

/** A slot is two 32-bit words that name a source; both are zero if it is free. */
const WORDS = 2;

/** The table has a region for each process, with as many slots as there may be clients in all. */
export class ClientTable {
  readonly #free: number[];
  /** Our own clients by source: to count them in the table would mean to look at thousands of slots for each. */
  readonly #own = new Map<string, number>();

  /** `table` begins as zeros; it is shared if several processes serve one port, and this one is number `worker`. */
  constructor(
    private readonly limits: ClientLimits,
    private readonly table: Int32Array = new Int32Array(limits.clients * WORDS),
    private readonly worker = 0,
  ) {
    const first = regionBounds(limits, worker)[0];
    this.#free = Array.from({ length: limits.clients }, (_, index) => first + index * WORDS);
  }

  /**
   * Takes a slot for a client, or says which limit leaves none. The slot is taken before the others are counted: if two
   * processes do so at the same time, both may refuse, but they never both admit the last client. `pendingDials`
   * counts abandoned dials to its source, each of which holds a descriptor.
   */
  enter(address: string, pendingDials = 0): Slot | FullReason {
    const at = this.#free.pop();
    if (at === undefined) return "clients";
    const source = clientSource(address);
    const words = sourceWords(source);
    this.#write(at, words);
    const own = (this.#own.get(source) ?? 0) + 1;
    this.#own.set(source, own);
    const reason = this.#findFullReason(words, own + pendingDials);
    if (!reason) return { [Symbol.dispose]: () => this.#leave(at, source) };
    this.#leave(at, source);
    return reason;
  }

  /** `own` is the number of clients of this source in our own region, so that region is not counted again. */
  #findFullReason([high, low]: SourceWords, own: number): FullReason | undefined {
    const [first, end] = regionBounds(this.limits, this.worker);
    let clients = this.limits.clients - this.#free.length;
    let sameAddress = own;
    for (let at = 0; at < this.table.length; at += WORDS) {
      if (at === first) at = end;
      if (this.table[at]) clients++;
      if (this.table[at] === high && this.table[at + 1] === low) sameAddress++;
    }
    if (clients > this.limits.clients) return "clients";
    return sameAddress > this.limits.clientsPerAddress ? "address" : undefined;
  }

  #leave(at: number, source: string): void {
    const own = this.#own.get(source) ?? 0;
    if (own > 1) this.#own.set(source, own - 1);
    else this.#own.delete(source);
    this.#write(at, [0, 0]);
    this.#free.push(at);
  }

  #write(at: number, [high, low]: SourceWords): void {
    Atomics.store(this.table, at, high);
    Atomics.store(this.table, at + 1, low);
  }
}

/** Where the region of a process begins and ends in the table. */
function regionBounds({ clients }: ClientLimits, worker: number): [first: number, end: number] {
  return [worker * clients * WORDS, (worker + 1) * clients * WORDS];
}

/** The size of the table for so many processes, in bytes. */
export function clientTableBytes({ clients }: ClientLimits, workers: number): number {
  return workers * clients * WORDS * Int32Array.BYTES_PER_ELEMENT;
}

/** Frees the slots of a process that has died. */
export function clearRegion(table: Int32Array, limits: ClientLimits, worker: number): void {
  table.fill(0, ...regionBounds(limits, worker));
}
