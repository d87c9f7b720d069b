// A listing with facts has the same names in the same order, and leaves out what has gone.

import { utimesSync } from "node:fs";
import { expect, test } from "bun:test";
import { Scratch } from "../testing/testing.ts";
import { listDirectory } from "./listing.ts";
import { addFacts } from "./listing-facts.ts";

test.each([true, false])("each name has its size and its time (local: %p)", async (isLocal) => {
  using directory = new Scratch();
  const when = new Date("2026-01-02T03:04:05.678Z");
  utimesSync(directory.file("é b", "123"), when, when);
  utimesSync(directory.file("a"), when, when);
  const listing = await listDirectory(directory.path, false);
  const { bytes } = await addFacts(directory.path, listing, isLocal);
  const facts = (size: number) => `size=${size};modify=20260102030405.678;`;
  expect(Buffer.from(bytes).toString()).toBe(`${facts(0)} a\n${facts(3)} é b\n`);
});

test("a file that was removed meanwhile is left out, and an empty listing stays empty", async () => {
  using directory = new Scratch();
  const listing = { bytes: Buffer.from("gone\n"), unlisted: ["x"] };
  expect(await addFacts(directory.path, listing, true)).toEqual({
    bytes: Buffer.alloc(0),
    unlisted: ["x"],
  });
  const empty = { bytes: Buffer.alloc(0), unlisted: [] };
  expect(await addFacts(directory.path, empty, true)).toEqual(empty);
});
