// The hash of a file is the SHA-256 of its bytes, and other work goes on meanwhile.

import { describe, expect, test } from "bun:test";
import { closeSync, openSync } from "node:fs";
import { sha256 } from "./digest.ts";
import { Scratch } from "../testing/testing.ts";

const MIB = 1024 * 1024;
const CONTENT = Buffer.from(crypto.getRandomValues(new Uint8Array(64 * 1024))).toString("latin1");
const BYTES = Buffer.from(CONTENT.repeat(50), "latin1");

/** The hash of the first `size` bytes of a file that holds `bytes`. */
async function hash(bytes: Uint8Array, size: number): Promise<string> {
  using scratch = new Scratch();
  const fd = openSync(scratch.file("a", bytes), "r");
  try {
    return await sha256(fd, size);
  } finally {
    closeSync(fd);
  }
}

const expected = (bytes: Uint8Array) => Bun.CryptoHasher.hash("sha256", bytes, "hex");

describe("sha256", () => {
  test("is right for sizes around a turn, and for an empty file", async () => {
    for (const size of [0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, BYTES.length]) {
      expect(await hash(BYTES, size)).toBe(expected(BYTES.subarray(0, size)));
    }
    expect(await hash(new Uint8Array(0), 0)).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  }, 5000);

  test("of a file that has become shorter is the hash of the bytes that are left", async () => {
    expect(await hash(BYTES, BYTES.length + 5 * MIB)).toBe(expected(BYTES));
  }, 5000);

  test("lets others have a turn after each MiB", async () => {
    let turns = 0;
    let done = false;
    const count = () => (turns++, done || setImmediate(count));
    setImmediate(count);
    await hash(BYTES, BYTES.length);
    done = true;
    expect(turns).toBeGreaterThanOrEqual(3);
  }, 5000);
});
