// The files on which cases rest, made so that one weakness of a program does not hide another.

import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fixtures } from "./fixtures.ts";

test("what must not leak, and what is only large, end with a line end: some programs lose a line without", () => {
  using files = new Fixtures();
  const outside = readFileSync(join(files.served, "..", "canary.txt"), "latin1");
  expect(outside.split("\n")).toEqual([files.canary, files.canary, ""]);
  expect(files.addLarge("big.txt", 1).at(-1)).toBe(10);
});

test("each attempt has a directory with a few files to serve, and an empty one for the client", () => {
  using files = new Fixtures();
  using others = new Fixtures();
  expect(files.root).not.toBe(others.root);
  expect(readdirSync(files.home)).toEqual([]);
  expect(readdirSync(files.served).length).toBeWithin(2, 11);
});
