// A part file is had by one client at a time, under the name that the next run finds, and never by following what is there.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, linkSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
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

/** Claims the part of `a`, and says under which name and whether that is the common one. */
function claimed(name = "a"): [string, boolean] {
  const { path, fd, shared } = lockPart(scratch.at(name));
  open.push(fd);
  return [path.slice(scratch.path.length + 1), shared];
}

const OWN = /^\.a\.ftpart\.[0-9a-f-]{36}$/;

describe("a part", () => {
  test("is claimed under the common name by one, and under one of its own by the next", () => {
    expect(claimed()).toEqual([".a.ftpart", true]);
    expect(claimed()).toEqual([expect.stringMatching(OWN), false]);
    closeSync(open.shift() as number);
    expect(claimed()).toEqual([".a.ftpart", true]);
  }, 1000);

  test("of a long name has one that fits", () => {
    const [name, shared] = claimed("x".repeat(255));
    expect([Buffer.byteLength(name) <= 255, shared]).toEqual([true, true]);
    expect(claimed("x".repeat(210))[0]).toBe(`.${"x".repeat(210)}.ftpart`);
  }, 1000);

  test.each([
    ["a link", () => symlinkSync(scratch.file("target", "kept"), scratch.at(".a.ftpart"))],
    ["a directory", () => mkdirSync(scratch.at(".a.ftpart"))],
  ])(
    "is claimed elsewhere where %s has its name",
    (_what, make) => {
      make();
      expect(claimed()).toEqual([expect.stringMatching(OWN), false]);
    },
    1000,
  );

  test("that is another file as well is left to that name", () => {
    const whole = scratch.file("whole", "kept");
    linkSync(whole, scratch.at(".a.ftpart"));
    expect(claimed()[1]).toBe(false);
    expect(readFileSync(whole, "latin1")).toBe("kept");
  }, 1000);

  test("in a directory that is not there is a failure in words", async () => {
    const failure = await catchFailure(() => lockPart(scratch.at("none/a")));
    expect([failure.kind, failure.exit]).toEqual(["local", 7]);
    expect(failure.message).toEndWith("there is no such directory.");
  }, 1000);
});
