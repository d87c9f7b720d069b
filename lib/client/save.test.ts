// A received file gets its final name, and no other file is replaced, followed or waited for.

import { quote } from "../text.ts";
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
import { EXIT, localFailure } from "../errors.ts";
import { checkDestination, type OnDuplicate, publish } from "./save.ts";
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
  test("a file gets a free name, and its part is gone", () => {
    checkDestination(path, policy);
    expect(publish(part(), path, policy)).toBe(path);
    expect(content("notes.txt")).toBe("new");
    expect(existsSync(scratch.at(".part"))).toBe(false);
    expect(lstatSync(path).nlink).toBe(1);
  }, 1000);

  test("a missing directory is a failure before the transfer", async () => {
    const failure = await catchFailure(() =>
      checkDestination(scratch.at("missing/notes.txt"), policy),
    );
    expect(failure).toMatchObject({ kind: "local" });
    expect(failure.message).toContain("there is no such directory");
  }, 1000);

  test("a name below a file is a failure", async () => {
    scratch.file("file");
    const failure = await catchFailure(() =>
      checkDestination(scratch.at("file/notes.txt"), policy),
    );
    expect(failure).toMatchObject({ kind: "local" });
  }, 1000);
});

describe("if the name is taken", () => {
  test("refuse fails before and after the transfer, and keeps the file", async () => {
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

  test("rename puts the next free number before the ending", () => {
    for (const name of ["notes.txt", "notes.1.txt", "notes.3.txt"]) scratch.file(name, "old");
    checkDestination(path, "rename");
    expect(publish(part(), path, "rename")).toBe(scratch.at("notes.2.txt"));
    expect(publish(part(), path, "rename")).toBe(scratch.at("notes.4.txt"));
    expect(content("notes.txt")).toBe("old");
  }, 1000);

  test("rename handles names without an ending, with several, and with nothing else", () => {
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

  test.each(["x".repeat(255), `${"x".repeat(251)}.txt`, `a${"ä".repeat(127)}`, "x".repeat(131)])(
    "rename shortens a name that has no room for a number (%#)",
    (name) => {
      const ending = name.endsWith(".txt") ? ".txt" : "";
      for (const count of [1, 2, 3]) {
        scratch.file(name, "old");
        checkDestination(scratch.at(name), "rename");
        const saved = publish(part(), scratch.at(name), "rename");
        expect(saved).toEndWith(`.${count}${ending}`);
        expect(saved).not.toContain("\ufffd");
        expect(Buffer.byteLength(saved)).toBeLessThanOrEqual(Buffer.byteLength(scratch.at(name)));
      }
    },
    1000,
  );

  test("a name that no file can have fails before the transfer, under every policy", async () => {
    for (const policy of POLICIES) {
      const failure = await catchFailure(() =>
        checkDestination(scratch.at("x".repeat(256)), policy),
      );
      expect(failure).toMatchObject({ kind: "local" });
      expect(failure.message).toEndWith("the name is too long for this file system.");
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

describe("if the name is that of", () => {
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

describe("localFailure", () => {
  test("reports a name that is too long", async () => {
    const long = scratch.at("x".repeat(256));
    const failure = await catchFailure(() => publish(part(), long, "refuse"));
    expect(failure.message).toEndWith("the name is too long for this file system.");
  }, 1000);

  test("reports a part that is gone, and no file appears", async () => {
    expect(await catchFailure(() => publish(scratch.at("gone"), path, "refuse"))).toMatchObject({
      kind: "local",
    });
    expect(existsSync(path)).toBe(false);
  }, 1000);

  test("reports a directory that is not writable before the transfer", async () => {
    spawnSync("chmod", ["555", scratch.path]);
    // In another process: access(2) checks the real user, and a process that has given up root cannot become root again.
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

  test("reports a directory that is not writable at the end", async () => {
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

  test("keeps the message of an unknown error", () => {
    expect(localFailure("Cannot write", new Error("odd")).message).toBe("Cannot write: odd.");
  }, 1000);

  test("has a quoted path without control characters", () => {
    expect(quote("a\n\u001b[2J")).not.toMatch(/[\u0000-\u001f]/);
  }, 1000);
});

test.skipIf(process.getuid?.() !== 0)(
  "an overwrite that the system refuses is a failure with a reason (needs root)",
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
