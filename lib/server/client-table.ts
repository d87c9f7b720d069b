// Counts the clients that are served now, in all and by address, over all processes that serve one port.

import {
  AddressTable,
  addressWords,
  type AddressWords,
  type RegionShape,
  tableBytes,
} from "../net/address-table.ts";

/** How many clients may be served at once, in all and from one address. */
export interface ClientLimits {
  readonly clients: number;
  readonly clientsPerAddress: number;
}

/** Which limit has been reached. */
export type FullReason = "clients" | "address";

/** The place of one client. Disposing of it frees the place. */
export type Slot = Disposable;

/** A record is two words that name the client's address. */
const WORDS = 2;

export class ClientTable {
  readonly #table: AddressTable;
  readonly #free: number[];
  /** Clients of this process by address: to count them in the table would mean to look at thousands of records for each. */
  readonly #own = new Map<string, number>();

  /** `memory` begins as zeros; it is shared if several processes serve one port, and this one is number `worker`. */
  constructor(
    private readonly limits: ClientLimits,
    memory?: Int32Array,
    worker?: number,
  ) {
    const table = (this.#table = new AddressTable(regionShape(limits), memory, worker));
    this.#free = Array.from({ length: limits.clients }, (_, index) => table.first + index * WORDS);
  }

  /**
   * Takes a slot for a client, or says which limit leaves none. The slot is taken before the others are counted: if two
   * processes do so at once, both may refuse, but they never both admit the last client. `pendingDials` counts
   * abandoned dials to this address, which hold a descriptor each.
   */
  enter(address: string, pendingDials = 0): Slot | FullReason {
    const at = this.#free.pop();
    if (at === undefined) return "clients";
    const words = addressWords(address);
    this.#table.assign(at, words);
    const own = (this.#own.get(address) ?? 0) + 1;
    this.#own.set(address, own);
    const reason = this.#findFullReason(words, own + pendingDials);
    if (!reason) return { [Symbol.dispose]: () => this.#leave(at, address) };
    this.#leave(at, address);
    return reason;
  }

  /** `own` counts the clients of this address in this process. */
  #findFullReason(words: AddressWords, own: number): FullReason | undefined {
    const table = this.#table;
    let clients = this.limits.clients - this.#free.length;
    let sameAddress = own;
    const count = (from: number, to: number) => {
      for (let at = from; at < to; at += WORDS) {
        if (table.get(at) !== 0) clients++;
        if (table.holds(at, words)) sameAddress++;
      }
    };
    count(0, table.first);
    count(table.end, table.length);
    if (clients > this.limits.clients) return "clients";
    return sameAddress > this.limits.clientsPerAddress ? "address" : undefined;
  }

  #leave(at: number, address: string): void {
    const own = this.#own.get(address) ?? 0;
    if (own > 1) this.#own.set(address, own - 1);
    else this.#own.delete(address);
    this.#table.assign(at, [0, 0]);
    this.#free.push(at);
  }
}

function regionShape({ clients }: ClientLimits): RegionShape {
  return { records: clients, words: WORDS };
}

/** The size of the table for so many processes, in bytes. */
export function clientTableBytes(limits: ClientLimits, workers: number): number {
  return tableBytes(regionShape(limits), workers);
}

/** Frees the slots of a process that has died. */
export function clearRegion(memory: Int32Array, limits: ClientLimits, worker: number): void {
  new AddressTable(regionShape(limits), memory, worker).clear();
}
