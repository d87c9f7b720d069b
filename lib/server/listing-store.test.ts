// Many clients are sent one listing: the directory is read once for all who wait, and the memory is bounded.

import { describe, expect, test } from "bun:test";
import type { Listing } from "./listing.ts";
import { type LentListing, type ListingClient, ListingStore } from "./listing-store.ts";
import { catchFailure } from "../testing/testing.ts";

/** A directory whose reads end when the test says so. */
class SlowDirectory {
  readonly reads: ((text: string) => void)[] = [];

  read(): Promise<Listing> {
    return new Promise((resolve) =>
      this.reads.push((text) => resolve({ bytes: Buffer.from(text), unlisted: [] })),
    );
  }

  /** Ends the read of this number, which has begun or begins soon. */
  async end(index: number, text: string): Promise<void> {
    while (!this.reads[index]) await new Promise(setImmediate);
    this.reads[index](text);
  }
}

/** A client that notes why it was cut. */
class TestClient implements ListingClient {
  isGone = false;
  reason: Error | undefined;

  cut(reason: Error): void {
    this.reason = reason;
  }
}

/** A store of a directory whose names are `text.value`, for at most 10 bytes. */
function createStore(text: { value: string }, minTime = 60_000): ListingStore {
  const read = async () => ({ bytes: Buffer.from(text.value), unlisted: [] });
  return new ListingStore(read, 10, minTime);
}

const textOf = ({ bytes }: LentListing) => Buffer.from(bytes).toString();

describe("the directory", () => {
  test("is read once for all clients that come during a read, and never twice at one time", async () => {
    const directory = new SlowDirectory();
    const store = new ListingStore(() => directory.read());
    const first = store.lend(new TestClient());
    await directory.end(0, "old\n");
    const begun = store.lend(new TestClient());
    while (directory.reads.length < 2) await new Promise(setImmediate);
    const others = Array.from({ length: 50 }, () => store.lend(new TestClient()));
    await new Promise(setImmediate);
    expect(directory.reads).toHaveLength(2);
    await directory.end(1, "older\n");
    await directory.end(2, "new\n");
    expect(textOf(await first)).toBe("old\n");
    expect(textOf(await begun)).toBe("older\n");
    for (const other of others) expect(textOf(await other)).toBe("new\n");
    expect(directory.reads).toHaveLength(3);
  }, 10_000);

  test("is read again after a read that failed", async () => {
    let count = 0;
    const store = new ListingStore(async () => {
      if (++count === 1) throw new Error("It cannot be read.");
      return { bytes: Buffer.from("a\n"), unlisted: [] };
    });
    expect(await catchFailure(store.lend(new TestClient()))).toMatchObject({
      message: "It cannot be read.",
    });
    expect(textOf(await store.lend(new TestClient()))).toBe("a\n");
  }, 10_000);

  test("is not read for clients that have left meanwhile", async () => {
    const directory = new SlowDirectory();
    const store = new ListingStore(() => directory.read());
    const first = store.lend(new TestClient());
    while (directory.reads.length < 1) await new Promise(setImmediate);
    const gone = new TestClient();
    const failure = catchFailure(store.lend(gone));
    gone.isGone = true;
    await directory.end(0, "a\n");
    await first;
    expect(await failure).toMatchObject({ code: 426 });
    expect(directory.reads).toHaveLength(1);
  }, 10_000);
});

describe("the memory", () => {
  test("is that of one listing for all clients of one state, and is free when the last has it", async () => {
    const store = createStore({ value: "12345678\n" });
    const lent = [];
    for (let count = 0; count < 20; count++) lent.push(await store.lend(new TestClient()));
    expect(store.bytes).toBe(9);
    for (const { bytes } of lent) expect(bytes).toBe(lent[0]?.bytes as Uint8Array);
    for (const listing of lent) listing[Symbol.dispose]();
    expect(store.bytes).toBe(0);
  }, 10_000);

  test("is not given to one state too many while the others are new", async () => {
    const text = { value: "1234\n" };
    const store = createStore(text);
    const clients = [new TestClient(), new TestClient()];
    using _first = await store.lend(clients[0] as TestClient);
    text.value = "5678\n";
    using _second = await store.lend(clients[1] as TestClient);
    text.value = "9\n";
    expect(await catchFailure(store.lend(new TestClient()))).toMatchObject({ code: 421 });
    expect(clients.map(({ reason }) => reason)).toEqual([undefined, undefined]);
    text.value = "1234\n";
    using _again = await store.lend(new TestClient());
    expect(store.bytes).toBe(10);
  }, 10_000);

  test("is taken from the clients of the oldest listing if they had their time", async () => {
    const text = { value: "1234\n" };
    const store = createStore(text, 0);
    const clients = [new TestClient(), new TestClient()];
    using _first = await store.lend(clients[0] as TestClient);
    text.value = "5678\n";
    using _second = await store.lend(clients[1] as TestClient);
    text.value = "9\n";
    using _third = await store.lend(new TestClient());
    expect(clients[0]?.reason).toMatchObject({ code: 426 });
    expect(clients[1]?.reason).toBeUndefined();
    expect(store.bytes).toBe(7);
  }, 10_000);

  test("is enough for one listing of any size", async () => {
    const store = createStore({ value: "more than ten bytes\n" });
    using listing = await store.lend(new TestClient());
    expect(store.bytes).toBe(listing.bytes.length);
  }, 10_000);
});
