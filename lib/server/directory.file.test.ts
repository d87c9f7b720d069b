// A served file stays the one that was opened, and reports a change of its content.

import { describe, expect, test } from "bun:test";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { Directory } from "./directory.ts";
import { catchFailure, Scratch } from "../testing/testing.ts";

/** A directory with one file. */
function fixture(): Scratch {
  const scratch = new Scratch();
  scratch.file("a", "inside");
  return scratch;
}

describe("an open file", () => {
  test("has the size and the version that it had when it was opened", () => {
    using scratch = fixture();
    using file = new Directory(scratch.path).open("a");
    const { version } = file;
    expect(file.size).toBe(6);
    expect(version).toMatch(/^[\w.-]{1,64}$/);
    appendFileSync(scratch.at("a"), "more");
    expect([file.size, file.version]).toEqual([6, version]);
  }, 10_000);

  test("has the same version when it is opened again, and another one after a change", () => {
    using scratch = fixture();
    const version = () => {
      using file = new Directory(scratch.path).open("a");
      return file.version;
    };
    const first = version();
    expect(version()).toBe(first);
    const versions = [first];
    const old = new Date(0);
    const changes = [
      () => appendFileSync(scratch.at("a"), "x"),
      () => utimesSync(scratch.at("a"), old, old),
      // The length and the time of the content are the same: only the change time differs.
      () => (writeFileSync(scratch.at("a"), "OTHER!!"), utimesSync(scratch.at("a"), old, old)),
      () => renameSync(scratch.file("b", "OTHER!!"), scratch.at("a")),
    ];
    for (const change of changes) {
      change();
      versions.push(version());
    }
    expect(new Set(versions).size).toBe(5);
  }, 10_000);

  test("has changed if it was written to, shortened or lengthened", () => {
    using scratch = fixture();
    for (const change of [
      () => writeFileSync(scratch.at("a"), "INSIDE", { flag: "r+" }),
      () => appendFileSync(scratch.at("a"), "x"),
      () => truncateSync(scratch.at("a"), 2),
    ]) {
      using file = new Directory(scratch.path).open("a");
      expect(file.hasChanged).toBe(false);
      Bun.sleepSync(5); // the clock of some file systems ticks in such steps
      change();
      expect(file.hasChanged).toBe(true);
    }
  }, 10_000);

  test("has not changed if it was replaced, removed, linked or read", () => {
    using scratch = fixture();
    using file = new Directory(scratch.path).open("a");
    readFileSync(scratch.at("a"));
    linkSync(scratch.at("a"), scratch.at("second"));
    chmodSync(scratch.at("a"), 0o600);
    renameSync(scratch.file("b", "another"), scratch.at("a"));
    expect(file.hasChanged).toBe(false);
    expect(readFileSync(file.fd, "utf8")).toBe("inside");
  }, 10_000);
});

describe("a directory", () => {
  test("that does not exist, is a file or cannot be read is refused with its name", async () => {
    using scratch = fixture();
    const missing = await catchFailure(() => new Directory(scratch.at("missing")));
    expect(missing).toMatchObject({ kind: "usage" });
    expect(missing.message).toContain(`missing" cannot be served: there is no such directory.`);
    expect((await catchFailure(() => new Directory(scratch.at("a")))).message).toContain(
      "not a directory",
    );
  }, 10_000);

  test("that is reached by a link is served, and stays the same when the link changes", () => {
    using scratch = fixture();
    symlinkSync(scratch.path, scratch.at("link"));
    const directory = new Directory(scratch.at("link"));
    expect(directory.path).toBe(realpathSync(scratch.path));
    mkdirSync(scratch.at("other"));
    symlinkSync("other", scratch.at("new"));
    renameSync(scratch.at("new"), scratch.at("link"));
    using file = directory.open("a");
    expect(file.size).toBe(6);
  }, 10_000);
});
