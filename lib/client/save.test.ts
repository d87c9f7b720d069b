// A received file gets its name, and nobody else's file is ever replaced, followed or waited for.

import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import { EXIT } from "../errors.ts";
import { checkDestination, localFailure, type OnDuplicate, publish, quote } from "./save.ts";
import { catchFailure, Scratch } from "../testing/testing.ts";

const POLICIES: OnDuplicate[] = ["refuse", "rename", "overwrite"];

let scratch: Scratch;
let path: string;

beforeEach(() => {
  scratch = new Scratch();
  path = scratch.at("notes.txt");
});
afterEach(() => scratch[Symbol.dispose]());

const part = () => scratch.file(".part", "new");
const content = (name: string) => readFileSync(scratch.at(name), "utf8");

describe.each(POLICIES)("under %s", (policy) => {
  test("a file whose name is free gets it, and its part is gone", () => {
    checkDestination(path, policy);
    expect(publish(part(), path, policy)).toBe(path);
    expect(content("notes.txt")).toBe("new");
    expect(existsSync(scratch.at(".part"))).toBe(false);
    expect(lstatSync(path).nlink).toBe(1);
  }, 1000);

  test("a directory that does not exist is refused before anything is fetched", async () => {
    const failure = await catchFailure(() =>
      checkDestination(scratch.at("missing/notes.txt"), policy),
    );
    expect(failure).toMatchObject({ kind: "local" });
    expect(failure.message).toContain("there is no such directory");
  }, 1000);

  test("a name below a file is refused", async () => {
    scratch.file("file");
    const failure = await catchFailure(() =>
      checkDestination(scratch.at("file/notes.txt"), policy),
    );
    expect(failure).toMatchObject({ kind: "local" });
  }, 1000);
});

describe("where the name is taken", () => {
  test("refuse leaves the file alone, before the transfer and after it", async () => {
    scratch.file("notes.txt", "old");
    for (const work of [
      () => checkDestination(path, "refuse"),
      () => publish(part(), path, "refuse"),
    ]) {
      const failure = await catchFailure(work);
      expect(failure).toMatchObject({ kind: "local", exit: EXIT.local });
      expect(failure.message).toContain(`${quote(path)} exists already`);
      expect(failure.message).toContain("--on-duplicate");
    }
    expect(content("notes.txt")).toBe("old");
  }, 1000);

  test("rename takes the next free name, before the ending", () => {
    for (const name of ["notes.txt", "notes.1.txt", "notes.3.txt"]) scratch.file(name, "old");
    checkDestination(path, "rename");
    expect(publish(part(), path, "rename")).toBe(scratch.at("notes.2.txt"));
    expect(publish(part(), path, "rename")).toBe(scratch.at("notes.4.txt"));
    expect(content("notes.txt")).toBe("old");
  }, 1000);

  test("rename knows names without an ending, with several, and with only one", () => {
    for (const [name, next] of [
      ["notes", "notes.1"],
      ["a.tar.gz", "a.tar.1.gz"],
      [".profile", ".profile.1"],
      ["a b.", "a b.1."],
    ] as const) {
      scratch.file(name, "old");
      expect(publish(part(), scratch.at(name), "rename")).toBe(scratch.at(next));
    }
  }, 1000);

  test("overwrite replaces a regular file in one step", () => {
    scratch.file("notes.txt", "old");
    checkDestination(path, "overwrite");
    expect(publish(part(), path, "overwrite")).toBe(path);
    expect(content("notes.txt")).toBe("new");
    expect(existsSync(scratch.at(".part"))).toBe(false);
  }, 1000);
});

describe("where the name is that of", () => {
  const OTHERS: [string, () => void][] = [
    ["a directory", () => mkdirSync(path)],
    ["a pipe", () => spawnSync("mkfifo", [path])],
    ["a symbolic link", () => symlinkSync(scratch.file("target", "target"), path)],
    ["a dangling link", () => symlinkSync("nowhere", path)],
    ["a link to a directory", () => symlinkSync(".", path)],
    ["a looping link", () => symlinkSync("notes.txt", path)],
  ];

  test.each(OTHERS)(
    "%s, it is neither followed nor replaced",
    async (_, make) => {
      make();
      const before = lstatSync(path);
      for (const policy of ["refuse", "overwrite"] as const) {
        expect(await catchFailure(() => checkDestination(path, policy))).toMatchObject({
          kind: "local",
        });
        expect(await catchFailure(() => publish(part(), path, policy))).toMatchObject({
          kind: "local",
        });
      }
      checkDestination(path, "rename");
      expect(publish(part(), path, "rename")).toBe(scratch.at("notes.1.txt"));
      const after = lstatSync(path);
      expect([after.ino, after.mode, after.mtimeMs]).toEqual([
        before.ino,
        before.mode,
        before.mtimeMs,
      ]);
      if (before.isSymbolicLink()) expect(readlinkSync(path)).not.toContain("part");
      if (existsSync(scratch.at("target"))) expect(content("target")).toBe("target");
      expect(existsSync(scratch.at("nowhere"))).toBe(false);
    },
    2000,
  );
});

describe("a failure of this host", () => {
  test("a name that is too long is one, in words", async () => {
    const long = scratch.at("x".repeat(256));
    const failure = await catchFailure(() => publish(part(), long, "refuse"));
    expect(failure.message).toEndWith("the name is too long for this file system.");
  }, 1000);

  test("a part that has gone is one, and no file appears", async () => {
    expect(await catchFailure(() => publish(scratch.at("gone"), path, "refuse"))).toMatchObject({
      kind: "local",
    });
    expect(existsSync(path)).toBe(false);
  }, 1000);

  test("a directory that may not be written to is one, found out beforehand", async () => {
    spawnSync("chmod", ["555", scratch.path]);
    // In a process of its own: access(2) asks for the real user, and who has stopped being root stays so.
    const script = `
      process.getuid() === 0 && process.setuid(65534);
      const { checkDestination } = await import(${JSON.stringify(`${import.meta.dir}/save.ts`)});
      try {
        checkDestination(${JSON.stringify(path)}, "refuse");
      } catch (error) {
        console.log(error.kind, error.message);
      }`;
    await using child = Bun.spawn([process.execPath, "-e", script], { timeout: 3000 });
    expect(await child.stdout.text()).toBe(
      `local Cannot save in ${quote(`${scratch.path}/`)}: permission denied.\n`,
    );
    spawnSync("chmod", ["755", scratch.path]);
  }, 5000);

  test("a directory that may not be written to is one, found out at the end", async () => {
    const isRoot = process.getuid?.() === 0;
    const part = scratch.file("part", "x");
    spawnSync("chmod", ["555", scratch.path]);
    if (isRoot) process.seteuid?.(65_534);
    const late = await catchFailure(() => publish(part, path, "refuse"));
    if (isRoot) process.seteuid?.(0);
    spawnSync("chmod", ["755", scratch.path]);
    expect(late).toMatchObject({ kind: "local" });
    expect(late.message).toEndWith(": permission denied.");
    expect(readdirSync(scratch.path)).toEqual(["part"]);
  }, 1000);

  const SENTENCES: [string, string][] = [
    ["ENOSPC", "the disk is full"],
    ["EDQUOT", "the disk quota is used up"],
    ["EROFS", "the file system is read-only"],
    ["EFBIG", "the file system takes no file of this size"],
    ["EACCES", "permission denied"],
  ];
  test.each(SENTENCES)(
    "%s says that %s",
    (code, sentence) => {
      const error = Object.assign(new Error("x"), { code });
      expect(localFailure("Cannot write", error)).toMatchObject({
        ...{ kind: "local", exit: EXIT.local, message: `Cannot write: ${sentence}.` },
      });
    },
    1000,
  );

  test("of another kind keeps its own words", () => {
    expect(localFailure("Cannot write", new Error("odd")).message).toBe("Cannot write: odd.");
  }, 1000);

  test("quotes a path so that it holds no control character", () => {
    expect(quote("a\n\u001b[2J")).not.toMatch(/[\u0000-\u001f]/);
  }, 1000);
});

test.skipIf(process.getuid?.() !== 0)(
  "an overwrite that the system refuses is a failure in words (only root can try it)",
  async () => {
    using scratch = new Scratch();
    spawnSync("chmod", ["1777", scratch.path]);
    const path = scratch.file("a", "root's");
    const part = scratch.file(".a.ftpart");
    process.seteuid?.(65_534);
    const failure = await catchFailure(() => publish(part, path, "overwrite"));
    process.seteuid?.(0);
    expect([failure.kind, failure.message]).toEqual([
      "local",
      `Cannot save ${quote(path)}: permission denied.`,
    ]);
  },
  5000,
);
