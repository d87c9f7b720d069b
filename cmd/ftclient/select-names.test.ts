// The names that are fetched are those of the user and of the listing, and a hostile listing gains nothing.

import { expect, test } from "bun:test";
import { catchFailure } from "../../lib/testing/testing.ts";
import { assertListedName, selectNames } from "./select-names.ts";

const LISTING = ".dot\na*\na.log\nab\nb.log\nc.txt\n";

function select(names: string[], all = false, listing = LISTING): string[] {
  const queue = selectNames({ names, all }, listing);
  const found = [...{ [Symbol.iterator]: () => queue.names }];
  expect(queue.count).toBe(found.length);
  return found;
}

test("patterns match the listing, and each name is fetched once", () => {
  expect(select(["*.log"])).toEqual(["a.log", "b.log"]);
  expect(select(["b.log", "*.log", "[ab].log"])).toEqual(["b.log", "a.log"]);
  expect(select(["?b", "gone.txt"])).toEqual(["gone.txt", "ab"]);
});

test("a name that exists is not a pattern, and a pattern without a match is a name", () => {
  expect(select(["a*"])).toEqual(["a*"]);
  expect(select(["a*", "c*"])).toEqual(["a*", "c.txt"]);
  expect(select(["*.zip"])).toEqual(["*.zip"]);
});

test("all files are those of the listing without dot files, which a pattern of its own takes", () => {
  expect(select([], true)).toEqual(["a*", "a.log", "ab", "b.log", "c.txt"]);
  expect(select([".*"])).toEqual([".dot"]);
  expect(select([], true, "")).toEqual([]);
  expect(select([], true, "\n\nlast")).toEqual(["last"]);
});

test.each([
  "../x",
  "a/b",
  "..",
  ".",
  "a\u001b[2Jb",
  "a\rb",
  "a\u0000b",
  "a\ufffdb",
  "\u2028",
  ".notes.txt.ftpart",
  ".notes.txt.ftpart.version",
  ".notes.txt.ftpart.8c1a0f0e-0000-4000-8000-000000000000",
])("the name %j of a listing is not fetched", async (name) => {
  expect(await catchFailure(() => assertListedName(name))).toMatchObject({ kind: "protocol" });
});

test("a name that is too long for a request is not fetched", async () => {
  const failure = await catchFailure(() => assertListedName("x".repeat(5000)));
  expect(failure).toMatchObject({ kind: "protocol" });
});

test("a million names need no list of them", () => {
  const listing = Array.from({ length: 1_000_000 }, (_, index) => `file-${index}.log\n`).join("");
  const { count, names } = selectNames({ names: ["*7.log"], all: false }, listing);
  expect(count).toBe(100_000);
  expect(names.next().value).toBe("file-7.log");
});
