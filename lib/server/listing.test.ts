// A listing has exactly the names of the files that can be fetched, sorted by bytes.

import { spawnSync } from "node:child_process";
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Directory } from "./directory.ts";
import { listDirectory } from "./listing.ts";
import { catchFailure, Scratch } from "../testing/testing.ts";

const isRoot = process.getuid?.() === 0;

async function lines(path: string, dotFiles = false): Promise<string[]> {
  const text = Buffer.from((await listDirectory(path, dotFiles)).bytes).toString();
  if (text !== "") expect(text).toEndWith("\n");
  return text.split("\n").slice(0, -1);
}

/** Writes a file whose name may be any bytes. */
function writeBytes(scratch: Scratch, name: number[]): void {
  const path = Buffer.concat([Buffer.from(`${scratch.path}/`), Buffer.from(name)]);
  writeFileSync(path, "");
}

describe("a listing", () => {
  test("of an empty directory is empty", async () => {
    using scratch = new Scratch();
    expect(await listDirectory(scratch.path, false)).toMatchObject({
      bytes: Buffer.alloc(0),
      unlisted: [],
    });
  }, 10_000);

  test("has regular files, and no link, directory, pipe, socket, device or dot file", async () => {
    using scratch = new Scratch();
    scratch.file("b");
    scratch.file("a", "content");
    scratch.file(".hidden");
    mkdirSync(scratch.at("directory"));
    symlinkSync("a", scratch.at("link"));
    symlinkSync("nowhere", scratch.at("dangling"));
    spawnSync("mkfifo", [scratch.at("pipe")]);
    if (isRoot) spawnSync("mknod", [scratch.at("device"), "c", "1", "3"]);
    using _socket = Bun.listen({ unix: scratch.at("socket"), socket: { data() {} } });
    expect(await lines(scratch.path)).toEqual(["a", "b"]);
    expect(await lines(scratch.path, true)).toEqual([".hidden", "a", "b"]);
  }, 10_000);

  test("is sorted by bytes, not by letters or UTF-16 units", async () => {
    using scratch = new Scratch();
    const names = ["a", "B", "ä", "-", " ", "10", "9", "😀", "\uff5e", "\ufffd", "漢", "a b", "ab"];
    for (const name of names) scratch.file(name);
    const sorted = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(sorted.slice(-2)).toEqual(["\ufffd", "😀"]);
    expect(await lines(scratch.path)).toEqual(sorted);
  }, 10_000);

  test("leaves out a name with a control character, and reports it with escapes for the log", async () => {
    using scratch = new Scratch();
    for (const name of ["good", "two\nlines", "\u001b[2Jclear", "tab\t", "c1\u0085"])
      scratch.file(name);
    const { bytes, unlisted } = await listDirectory(scratch.path, false);
    expect(Buffer.from(bytes).toString()).toBe("good\n");
    expect(unlisted.toSorted()).toEqual(["\\x1b[2Jclear", "c1\\x85", "tab\\x09", "two\\x0alines"]);
  }, 10_000);

  test("leaves out a name that is not UTF-8, and keeps one that really has U+FFFD", async () => {
    using scratch = new Scratch();
    writeBytes(scratch, [0x61, 0xff]);
    writeBytes(scratch, [0xc0, 0xaf]);
    writeBytes(scratch, [0xed, 0xa0, 0x80]);
    scratch.file("a\ufffd");
    scratch.file("good");
    const { bytes, unlisted } = await listDirectory(scratch.path, false);
    expect(Buffer.from(bytes).toString()).toBe("a\ufffd\ngood\n");
    expect(unlisted).toHaveLength(3);
    for (const name of unlisted) expect(name).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  }, 10_000);

  test("leaves out a name that is not UTF-8 if no other name has U+FFFD", async () => {
    using scratch = new Scratch();
    writeBytes(scratch, [0xff]);
    scratch.file("good");
    expect(await lines(scratch.path)).toEqual(["good"]);
  }, 10_000);

  test("of more files than are checked in one turn is complete", async () => {
    using scratch = new Scratch();
    const names = Array.from(
      { length: 1100 },
      (_, index) => `file ${String(index).padStart(5, "0")}`,
    );
    for (const name of names) scratch.file(name);
    expect(await lines(scratch.path)).toEqual(names);
  }, 10_000);

  test("leaves out a file that cannot be read, and reports it with escapes for the log", async () => {
    if (isRoot) return expect(await asNobody()).toBe('["readable"] ["se\\\\x0acret"]');
    using scratch = new Scratch();
    scratch.file("readable");
    chmodSync(scratch.file("secret"), 0);
    expect(await lines(scratch.path)).toEqual(["readable"]);
    expect((await listDirectory(scratch.path, false)).unreadable).toEqual(["secret"]);
  }, 10_000);

  test("of a directory that has gone is a failure of code 450", async () => {
    using scratch = new Scratch();
    const directory = new Directory(scratch.path);
    rmSync(scratch.path, { recursive: true });
    const failure = await catchFailure(directory.list());
    expect(failure).toMatchObject({ kind: "refused", code: 450 });
    expect(failure.message).toContain("was removed");
  }, 10_000);

  test("has exactly the names that can be opened", async () => {
    using scratch = new Scratch();
    for (const name of ["a", "-x", " b ", "x".repeat(255), "..a", "a..", "...", "%2e"])
      scratch.file(name);
    for (const dotFiles of [false, true]) {
      const directory = new Directory(scratch.path, dotFiles);
      const names = Buffer.from((await directory.list()).bytes)
        .toString()
        .split("\n")
        .slice(0, -1);
      expect(names).toHaveLength(dotFiles ? 8 : 6);
      for (const name of names) (await directory.open(name))[Symbol.dispose]();
    }
  }, 10_000);
});

/** The listing of a directory with a readable and a secret file, as a user without privileges sees it. */
async function asNobody(isLocal = true): Promise<string> {
  using scratch = new Scratch();
  chmodSync(scratch.path, 0o755);
  scratch.file("readable");
  chmodSync(scratch.file("se\ncret"), 0);
  const script = `
    process.setuid(65534);
    const { listDirectory } = await import(${JSON.stringify(`${import.meta.dir}/listing.ts`)});
    const { bytes, unreadable } = await listDirectory(${JSON.stringify(scratch.path)}, false, ${isLocal});
    const names = Buffer.from(bytes).toString().trim().split("\\n");
    console.log(JSON.stringify(names), JSON.stringify(unreadable));`;
  await using child = Bun.spawn([process.execPath, "-e", script], { timeout: 3000 });
  return (await child.stdout.text()).trim();
}

test("only files are reported as not listed: no directory, and no dot file that is not served", async () => {
  using scratch = new Scratch();
  const at = (...name: number[]) => Buffer.from([...Buffer.from(`${scratch.path}/`), ...name]);
  mkdirSync(at(0x64, 0xff));
  writeFileSync(at(0x2e, 0xff), "");
  writeFileSync(at(0x66, 0xff), "");
  expect((await listDirectory(scratch.path, false)).unlisted).toEqual(["f\xff"]);
}, 5000);

test("on a network the same files are listed, by calls on threads", async () => {
  using scratch = new Scratch();
  mkdirSync(scratch.at("directory"));
  symlinkSync("a", scratch.at("link"));
  for (const name of ["a", "ä", ".hidden", "bad\nname"]) scratch.file(name);
  for (const dotFiles of [false, true]) {
    const listing = await listDirectory(scratch.path, dotFiles, false);
    expect(listing).toEqual(await listDirectory(scratch.path, dotFiles));
  }
  if (isRoot) expect(await asNobody(false)).toBe(await asNobody());
}, 10_000);
