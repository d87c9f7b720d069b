// What is in memory is counted exactly, and a read on a thread gives the bytes of the file.

import { expect, test } from "bun:test";
import { closeSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { systemDisk } from "./disk.ts";
import { bind, readCached } from "./libc.ts";
import { catchFailure, Scratch, SOON } from "../testing/testing.ts";

const KIB = 1024;
const SIZE = 1000 * KIB + 5;
const CONTENT = Buffer.from(
  Array.from({ length: 16 }, () => [...crypto.getRandomValues(new Uint8Array(64 * KIB))]).flat(),
).subarray(0, SIZE);

const libc = bind({ posix_fadvise: { args: ["i32", "i64", "i64", "i32"], returns: "i32" } });
const POSIX_FADV_RANDOM = 1;
const POSIX_FADV_DONTNEED = 4;

/** A file on a disk, of which nothing is in memory; undefined if this system keeps it there all the same. */
function coldFile(scratch: Scratch): number | undefined {
  const fd = openSync(scratch.at("a"), "w+");
  writeSync(fd, CONTENT);
  fsyncSync(fd);
  libc?.posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
  libc?.posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  return systemDisk.countCached(fd, SIZE - 1, 1) === 0 ? fd : undefined;
}

test.each([
  [0, SIZE, 300 * KIB],
  [7, SIZE - 7, 300 * KIB - 7],
  [7, 100, 100],
  [300 * KIB - 1, 4 * KIB, 1],
  [300 * KIB, 1, 0],
  // The last byte is one to two pages behind the first, and not in memory.
  [300 * KIB - 1000, 6000, 1000],
  [299 * KIB, 5 * KIB + 1, KIB],
  [600 * KIB + 5, 50 * KIB, 4 * KIB - 5],
])(
  "the bytes in memory are counted to the page where they end: from %i, of %i",
  (offset, length, count) => {
    using scratch = new Scratch();
    const fd = coldFile(scratch);
    if (fd === undefined || !libc) return; // a file system in memory, or one that cannot tell
    for (const [at, bytes] of [
      [0, 300 * KIB],
      [600 * KIB, 4 * KIB],
    ] as const)
      readSync(fd, Buffer.alloc(bytes), 0, bytes, at);
    expect(systemDisk.countCached(fd, offset, length)).toBe(count);
    closeSync(fd);
  },
  5000,
);

test.skipIf(!readCached)(
  "of a file in memory all bytes are counted, and of the end of a file too",
  () => {
    using scratch = new Scratch();
    const fd = openSync(scratch.file("a", CONTENT), "r");
    readSync(fd, Buffer.alloc(SIZE), 0, SIZE, 0);
    if (systemDisk.countCached(fd, 0, 1) === 0) return; // a file system that cannot tell
    expect(systemDisk.countCached(fd, 0, SIZE)).toBe(SIZE);
    expect(systemDisk.countCached(fd, 1, SIZE - 1)).toBe(SIZE - 1);
    expect(systemDisk.countCached(fd, SIZE, 10)).toBe(10);
    expect(systemDisk.countCached(9999, 0, 10)).toBe(0);
    closeSync(fd);
  },
  5000,
);

test("a read gives the bytes of the file, none at its end, and the system's error", async () => {
  using scratch = new Scratch();
  const fd = openSync(scratch.file("a", CONTENT), "r");
  const read = (offset: number, length: number) =>
    systemDisk.read({ fd, offset, length }, SOON, (bytes) => Buffer.from(bytes));
  expect((await read(10, 20)).equals(CONTENT.subarray(10, 30))).toBe(true);
  expect((await read(SIZE - 3, 100)).equals(CONTENT.subarray(-3))).toBe(true);
  expect(await read(SIZE, 1)).toHaveLength(0);
  const pieces = await Promise.all(Array.from({ length: 40 }, (_, index) => read(index, 1000)));
  pieces.forEach((piece, index) =>
    expect(piece.equals(CONTENT.subarray(index, index + 1000))).toBe(true),
  );
  closeSync(fd);
  const directory = openSync(scratch.path, "r");
  const range = { fd: directory, offset: 0, length: 1 };
  const failure = await catchFailure(systemDisk.read(range, SOON, () => {}));
  expect(failure).toMatchObject({ code: "EISDIR" });
  closeSync(directory);
}, 5000);
