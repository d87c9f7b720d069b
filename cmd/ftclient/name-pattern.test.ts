// Patterns match file names as the shell's do.

import { expect, test } from "bun:test";
import { createMatcher } from "./name-pattern.ts";

test.each([
  ["*.log", "a.log", true],
  ["*.log", "a.LOG", false],
  ["*.log", "a.logs", false],
  ["*", "a\\b", true],
  ["*", ".hidden", false],
  ["?hidden", ".hidden", false],
  ["[.]hidden", ".hidden", false],
  [".*", ".hidden", true],
  [".*", "seen", false],
  ["?", "é", true],
  ["?", "😀", true],
  ["??", "😀", false],
  ["[a-c]x", "bx", true],
  ["[!a-c]x", "bx", false],
  ["[]x]", "]", true],
  ["[", "[", true],
  ["a[", "a[", true],
  ["a\\*", "a*", true],
  ["a\\*", "ab", false],
  ["*{a,b}", "xa", false],
  ["*{a,b}", "x{a,b}", true],
  ["!*", "a", false],
  ["!*", "!a", true],
  ["**", "ab", true],
])("%j and %j: %p", (pattern, name, isMatch) => {
  expect(createMatcher([pattern])(name)).toBe(isMatch);
});

test("a name matches if one of the patterns does", () => {
  const matches = createMatcher(["*.log", "b*"]);
  expect(["a.log", "b.txt", "c.txt"].filter(matches)).toEqual(["a.log", "b.txt"]);
});

test("a name that keeps a simple matcher busy for years is refused", () => {
  expect(createMatcher([`${"*a".repeat(40)}*b`])("a".repeat(255))).toBe(false);
});
