// A hash is right, is computed once for one state of a file, ends with its client, and does not wait for larger files.

import { describe, expect, test } from "bun:test";
import { closeSync, openSync, truncateSync, writeFileSync } from "node:fs";
import { HashQueue, type HashSource } from "./hash-queue.ts";
import { catchFailure, Scratch } from "../testing/testing.ts";

const KIB = 1024;
/** A file of this size takes about a second: a test that waits for it is slow, but does not hang. */
const LARGE = 512 * KIB * KIB;

const stays = () => false;
const expected = (bytes: string | Uint8Array) => Bun.CryptoHasher.hash("sha256", bytes, "hex");

/** An open file that is removed with its directory. */
class TestFile extends Scratch {
  readonly source: HashSource;

  constructor(
    content: string | Uint8Array,
    version: string,
    readonly size = content.length,
  ) {
    super();
    truncateSync(this.file("a", content), size);
    this.source = { fd: openSync(this.at("a"), "r"), size, version, changedAt: Date.now() };
  }

  override [Symbol.dispose](): void {
    closeSync(this.source.fd);
    super[Symbol.dispose]();
  }
}

describe("a hash", () => {
  test.each([0, 1, 256 * KIB - 1, 256 * KIB, 256 * KIB + 1, 700_000])(
    "is right for a file of %i bytes",
    async (size) => {
      const bytes = Buffer.alloc(size, "some bytes ");
      using file = new TestFile(bytes, "1");
      expect(await new HashQueue().hash(file.source, stays)).toBe(expected(bytes));
    },
    10_000,
  );

  test("of a file that has become shorter is the hash of the bytes that are left", async () => {
    using file = new TestFile("abc", "1");
    const longer = { ...file.source, size: 1000 };
    expect(await new HashQueue().hash(longer, stays)).toBe(expected("abc"));
  }, 10_000);

  test("of a file that cannot be read is a failure of code 450, and the next file is hashed", async () => {
    using file = new TestFile("abc", "2");
    const queue = new HashQueue();
    const unreadable = { fd: openSync("/", "r"), size: 5, version: "1", changedAt: 0 };
    expect(await catchFailure(queue.hash(unreadable, stays))).toMatchObject({ code: 450 });
    closeSync(unreadable.fd);
    expect(await queue.hash(file.source, stays)).toBe(expected("abc"));
  }, 10_000);
});

describe("one state of a file", () => {
  test("is hashed once for all clients that ask at one time", async () => {
    using file = new TestFile("abc", "1");
    using other = new TestFile("never read", "1");
    const queue = new HashQueue();
    const hashes = [file, other, other].map(({ source }) => queue.hash(source, stays));
    for (const hash of await Promise.all(hashes)) expect(hash).toBe(expected("abc"));
  }, 10_000);

  test("is remembered if the file is old enough, and otherwise hashed again", async () => {
    for (const [minAge, second] of [
      [-60_000, "old"],
      [60_000, "new"],
    ] as const) {
      using file = new TestFile("old", "1");
      const queue = new HashQueue(minAge);
      expect(await queue.hash(file.source, stays)).toBe(expected("old"));
      writeFileSync(file.at("a"), "new");
      expect(await queue.hash(file.source, stays)).toBe(expected(second));
    }
  }, 10_000);
});

test("a thousand hashes are remembered, and of more the oldest is forgotten", async () => {
  using file = new TestFile("old", "0");
  const queue = new HashQueue(-60_000);
  const hash = (version: number) => queue.hash({ ...file.source, version: String(version) }, stays);
  for (let version = 0; version <= 1000; version++) await hash(version);
  writeFileSync(file.at("a"), "new");
  expect(await hash(1)).toBe(expected("old"));
  expect(await hash(0)).toBe(expected("new"));
}, 10_000);

describe("a client", () => {
  test("that leaves ends the hashing of its file", async () => {
    using file = new TestFile("", "1", LARGE);
    const queue = new HashQueue();
    let checks = 0;
    const failure = await catchFailure(queue.hash(file.source, () => ++checks > 3));
    expect(failure).toMatchObject({ code: 426 });
    await Bun.sleep(20);
    expect(checks).toBe(4);
  }, 10_000);

  test("that leaves takes nothing from another with the same file", async () => {
    const bytes = Buffer.alloc(2_000_000, "x");
    using file = new TestFile(bytes, "1");
    using same = new TestFile(bytes, "1");
    const queue = new HashQueue();
    let checks = 0;
    const left = catchFailure(queue.hash(file.source, () => ++checks > 2));
    expect(await queue.hash(same.source, stays)).toBe(expected(bytes));
    expect(await left).toMatchObject({ code: 426 });
  }, 10_000);

  test("with a small file does not wait for large ones", async () => {
    using large = new TestFile("", "1", LARGE);
    using small = new TestFile("abc", "2");
    const queue = new HashQueue();
    let hasLeft = false;
    const first = catchFailure(queue.hash(large.source, () => hasLeft));
    let isFirst = false;
    void first.then(() => (isFirst = true));
    expect(await queue.hash(small.source, stays)).toBe(expected("abc"));
    expect(isFirst).toBe(false);
    hasLeft = true;
    await first;
  }, 10_000);
});
