// One client at a time has the shared part file of a destination. Links and other files of its name are left alone.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { lockPart } from "./part-lock.ts";
import { catchFailure, Scratch } from "../testing/testing.ts";

let scratch: Scratch;
let open: number[];

beforeEach(() => {
  scratch = new Scratch();
  open = [];
});
afterEach(() => {
  for (const fd of open) closeSync(fd);
  scratch[Symbol.dispose]();
});

/** Locks the part of a destination, and returns its name and whether it is shared. */
function lock(name = "a"): [string, boolean] {
  const { path, fd, shared } = lockPart(scratch.at(name));
  open.push(fd);
  return [path.slice(scratch.path.length + 1), shared];
}

const PRIVATE = /^\.a\.ftpart\.[0-9a-f-]{36}$/;

describe("a part", () => {
  test("is shared for the first client, and private for the next", () => {
    expect(lock()).toEqual([".a.ftpart", true]);
    expect(lock()).toEqual([expect.stringMatching(PRIVATE), false]);
    closeSync(open.shift() as number);
    expect(lock()).toEqual([".a.ftpart", true]);
  }, 1000);

  test("of a long name has a name that fits", () => {
    const [name, shared] = lock("x".repeat(255));
    expect([Buffer.byteLength(name) <= 255, shared]).toEqual([true, true]);
    expect(lock("x".repeat(90))[0]).toBe(`.${"x".repeat(90)}.ftpart`);
  }, 1000);

  test("of any name fits in the 143 bytes of a file system that encrypts names", () => {
    for (const length of [90, 91, 143]) {
      const [shared] = lock("x".repeat(length));
      const [ours] = lock("x".repeat(length));
      expect(shared.length).toBeLessThan(ours.length);
      expect(Buffer.byteLength(`${ours}.version`)).toBeLessThanOrEqual(143);
    }
  }, 1000);

  test("can be read and written by its user only", () => {
    lock();
    const [ours] = lock();
    for (const name of [".a.ftpart", ours])
      expect(statSync(scratch.at(name)).mode & 0o777).toBe(0o600);
  }, 1000);

  test.each(["620", "602", "666"])(
    "is private if others could write to a file of mode %s",
    (mode) => {
      chmodSync(scratch.file(".a.ftpart", "planted"), Number.parseInt(mode, 8));
      expect(lock()).toEqual([expect.stringMatching(PRIVATE), false]);
      expect(readFileSync(scratch.at(".a.ftpart"), "latin1")).toBe("planted");
    },
    1000,
  );

  test.skipIf(process.getuid?.() !== 0)(
    "is private if another user has planted one (needs root)",
    () => {
      for (const content of ["", "planted"]) {
        const planted = scratch.file(".a.ftpart", content);
        chmodSync(planted, 0o600);
        chownSync(planted, 65_534, 65_534);
        expect(lock()).toEqual([expect.stringMatching(PRIVATE), false]);
      }
    },
    1000,
  );

  test.skipIf(process.getuid?.() !== 0)(
    "does not remove the second name that another user has given to a file (needs root)",
    () => {
      const theirs = scratch.file("theirs", "kept");
      chownSync(theirs, 65_534, 65_534);
      linkSync(theirs, scratch.at(".a.ftpart"));
      expect(lock()[1]).toBe(false);
      expect(statSync(theirs).nlink).toBe(2);
    },
    1000,
  );

  test.each([
    ["a link", () => symlinkSync(scratch.file("target", "kept"), scratch.at(".a.ftpart"))],
    ["a directory", () => mkdirSync(scratch.at(".a.ftpart"))],
  ])(
    "is private if %s has the shared name",
    (_what, make) => {
      make();
      expect(lock()).toEqual([expect.stringMatching(PRIVATE), false]);
    },
    1000,
  );

  test("that is a hard link to another file is left alone", () => {
    const whole = scratch.file("whole", "kept");
    linkSync(whole, scratch.at(".a.ftpart"));
    expect(lock()[1]).toBe(false);
    expect(readFileSync(whole, "latin1")).toBe("kept");
  }, 1000);

  test("in a missing directory is a failure with a reason", async () => {
    const failure = await catchFailure(() => lockPart(scratch.at("none/a")));
    expect([failure.kind, failure.exit]).toEqual(["local", 7]);
    expect(failure.message).toEndWith("there is no such directory.");
  }, 1000);
});
