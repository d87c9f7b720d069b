// The files on which cases rest, made so that one weakness of a program does not hide another.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fixtures } from "./fixtures.ts";

test("what must not leak, and what is only large, end with a line end: some programs lose a line without", () => {
  using files = new Fixtures();
  const outside = readFileSync(join(files.root, "canary.txt"), "latin1");
  expect(outside.split("\n")).toEqual([files.canary, files.canary, ""]);
  expect(files.addLarge("big.txt", 1).at(-1)).toBe(10);
});
