// A transfer continues where it was cut, also after a kill, and only with bytes of the same version.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { PartFile } from "./part.ts";
import { Scratch } from "../testing/testing.ts";

const KIB = 1024;
const BYTES = Buffer.from(crypto.getRandomValues(new Uint8Array(64 * KIB)))
  .toString("latin1")
  .repeat(2);
const CONTENT = Buffer.from(BYTES, "latin1");
const SIZE = CONTENT.length;

let scratch: Scratch;
let path: string;

beforeEach(() => {
  scratch = new Scratch();
  path = scratch.at("a");
});
afterEach(() => scratch[Symbol.dispose]());

const names = () => readdirSync(scratch.path).toSorted();

/** Receives `length` bytes, and stops there. */
function receivePart(length: number, version = "v1"): void {
  using part = new PartFile(path, "refuse");
  part.begin(version, SIZE);
  part.write(CONTENT.subarray(0, length));
  expect(part.isResumable).toBe(length > 0);
}

describe("a transfer that was cut", () => {
  test.each([1, 64 * KIB, SIZE - 1, SIZE])(
    "at byte %i continues from there",
    (length) => {
      receivePart(length);
      expect(names()).toEqual([".a.ftpart", ".a.ftpart.version"]);
      using part = new PartFile(path, "refuse");
      expect(part.offset).toBe(length);
      expect(part.begin("v1", SIZE)).toBe(true);
      part.write(CONTENT.subarray(length));
      part.complete();
      expect(readFileSync(path).equals(CONTENT)).toBe(true);
      expect(names()).toEqual(["a"]);
    },
    2000,
  );

  test("before its first byte leaves nothing, and starts at 0", () => {
    receivePart(0);
    expect(names()).toEqual([]);
    using part = new PartFile(path, "refuse");
    expect(part.offset).toBe(0);
  }, 1000);

  test.each(["v2", ""])(
    "of another version (%j) starts again, without a byte of the old one",
    (version) => {
      receivePart(64 * KIB);
      using part = new PartFile(path, "refuse");
      expect(part.begin(version, SIZE)).toBe(false);
      expect(part.offset).toBe(0);
      expect(part.begin(version, SIZE)).toBe(true);
      part.write(Buffer.from("new"));
      part.complete();
      expect(readFileSync(path, "utf8")).toBe("new");
      expect(names()).toEqual(["a"]);
    },
    1000,
  );

  test("can be cut again, and again", () => {
    for (let length = 0; length < SIZE; length += 16 * KIB) {
      using part = new PartFile(path, "refuse");
      expect(part.offset).toBe(length);
      expect(part.begin("v1", SIZE)).toBe(true);
      part.write(CONTENT.subarray(length, length + 16 * KIB));
    }
    using part = new PartFile(path, "refuse");
    part.begin("v1", SIZE);
    part.complete();
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  }, 2000);

  test("starts again after a restart", () => {
    receivePart(1000);
    using part = new PartFile(path, "refuse");
    part.restart();
    expect(part.offset).toBe(0);
    expect(part.begin("v2", 4)).toBe(true);
    part.write(Buffer.from("new!"));
    part.complete();
    expect(readFileSync(path, "utf8")).toBe("new!");
    expect(names()).toEqual(["a"]);
  }, 1000);

  test("starts again if its version is unknown", () => {
    writeFileSync(scratch.at(".a.ftpart"), "unknown");
    using part = new PartFile(path, "refuse");
    expect(part.offset).toBe(0);
    part.begin("v1", 3);
    part.write(Buffer.from("new"));
    part.complete();
    expect(readFileSync(path, "utf8")).toBe("new");
  }, 1000);

  test("has a hash over the bytes of both runs", async () => {
    receivePart(1000);
    using part = new PartFile(path, "refuse");
    part.begin("v1", SIZE);
    part.write(CONTENT.subarray(1000));
    expect(await part.hash()).toBe(Bun.CryptoHasher.hash("sha256", CONTENT, "hex"));
  }, 1000);
});

describe("a client that is killed", () => {
  test("leaves no final file and no lock: the next one continues", async () => {
    const script = `
      const { PartFile } = await import(${JSON.stringify(`${import.meta.dir}/part.ts`)});
      const part = new PartFile(${JSON.stringify(path)}, "refuse");
      part.begin("v1", ${SIZE});
      part.write(Buffer.alloc(100_000, "k"));
      console.log("written");
      setTimeout(() => {}, 3000);`;
    await using child = Bun.spawn([process.execPath, "-e", script], { timeout: 3000 });
    await child.stdout.getReader().read();
    {
      using other = new PartFile(path, "refuse");
      expect(other.offset).toBe(0);
    }
    child.kill("SIGKILL");
    await child.exited;
    expect(names()).toEqual([".a.ftpart", ".a.ftpart.version"]);
    using part = new PartFile(path, "refuse");
    expect(part.offset).toBe(100_000);
  }, 5000);
});
