// Shares listings: clients that are sent the same names are sent the same bytes, so that many clients need no more memory than one.

import { replyFailure } from "../errors.ts";
import type { Listing } from "./listing.ts";

/**
 * The listings that are sent now may take so many bytes, however many clients there are. A directory that never changes
 * needs one listing, and 100,000 usual names are 2 MB: this is room for dozens of states of a large directory that changes.
 * A single listing may be larger, since the operator chose the directory.
 */
const MAX_BYTES = 64 * 1024 * 1024;

/** How long a listing is safe from newer ones, in ms: a client that reads 1 MB/s gets half a million usual names in this time. */
const MIN_TIME = 10_000;

/**
 * The read of a listing of so many bytes leaves several times as much garbage. It is collected at once, in some milliseconds:
 * otherwise the garbage of ten reads would take more memory than all listings.
 */
const LARGE = 1024 * 1024;

/** What the store wants to know of a client, and do to it. */
export interface ListingClient {
  /** True if nobody is there who could be sent a listing. */
  readonly isGone: boolean;
  /** Ends the sending of the listing. */
  cut(reason: Error): void;
}

/** A listing that a client is sent. Disposing of it gives it back. */
export interface LentListing extends Listing, Disposable {}

/** A listing in memory, with the clients that are sent it. */
interface HeldListing {
  readonly listing: Listing;
  readonly clients: Set<ListingClient>;
  /** When it was lent for the last time. */
  lentAt: number;
}

/** The clients that one read of the directory is for. */
interface Batch {
  readonly clients: Set<ListingClient>;
  readonly held: Promise<HeldListing>;
}

/** Reads the directory once for all clients that wait, never twice at one time, and holds equal listings once. */
export class ListingStore {
  /** In the order in which they were read. */
  readonly #held = new Set<HeldListing>();
  /** The last read: it goes on, or has ended. */
  #lastRead: Promise<unknown> = Promise.resolve();
  /** The next read, which has not begun. */
  #nextBatch: Batch | undefined;

  constructor(
    private readonly read: () => Promise<Listing>,
    private readonly maxBytes = MAX_BYTES,
    private readonly minTime = MIN_TIME,
  ) {}

  /** The bytes of all listings in memory. */
  get bytes(): number {
    return this.#held.values().reduce((sum, { listing }) => sum + listing.bytes.length, 0);
  }

  /**
   * A listing of a state that the directory has after the call. Throws what the read throws, a `Failure` of code 421 if
   * there is no room for one more state, or of code 426 if all clients that wait have left.
   */
  async lend(client: ListingClient): Promise<LentListing> {
    const batch = (this.#nextBatch ??= this.#createBatch());
    batch.clients.add(client);
    const held = await batch.held;
    held.clients.add(client);
    held.lentAt = performance.now();
    return { ...held.listing, [Symbol.dispose]: () => this.#giveBack(held, client) };
  }

  #createBatch(): Batch {
    const clients = new Set<ListingClient>();
    const held = this.#readNext(clients, this.#lastRead);
    this.#lastRead = held.catch(() => {}); // the clients handle the error
    return { clients, held };
  }

  async #readNext(clients: Set<ListingClient>, lastRead: Promise<unknown>): Promise<HeldListing> {
    await lastRead;
    // A client that comes from now on waits for the next read: this one may miss a name that the client knows of.
    this.#nextBatch = undefined;
    if (clients.values().every(({ isGone }) => isGone))
      throw replyFailure(426, "The client left before the directory was read.");
    const listing = await this.read();
    if (listing.bytes.length > LARGE) Bun.gc(true);
    return this.#hold(listing);
  }

  #hold(listing: Listing): HeldListing {
    const same = this.#held.values().find((held) => isEqual(held.listing, listing));
    if (same) return same;
    this.#makeRoom(listing.bytes.length);
    const held = { listing, clients: new Set<ListingClient>(), lentAt: performance.now() };
    this.#held.add(held);
    return held;
  }

  /** A client that reads slowly must not keep the newer listings from all others: the oldest listing is taken from its clients. */
  #makeRoom(length: number): void {
    for (const held of this.#held) {
      if (this.bytes + length <= this.maxBytes) return;
      if (performance.now() - held.lentAt < this.minTime)
        throw replyFailure(421, "The server sends too many listings: try again later.");
      this.#held.delete(held);
      const reason = replyFailure(426, "The listing was read too slowly: others need its memory.");
      for (const client of held.clients) client.cut(reason);
    }
  }

  #giveBack(held: HeldListing, client: ListingClient): void {
    held.clients.delete(client);
    if (held.clients.size === 0) this.#held.delete(held);
  }
}

function isEqual(one: Listing, other: Listing): boolean {
  return one.bytes.length === other.bytes.length && Buffer.compare(one.bytes, other.bytes) === 0;
}
