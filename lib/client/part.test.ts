// A part file becomes the final file only when it is whole, and harms no other file.

import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { PartFile } from "./part.ts";
import { type OnDuplicate, syncDirectory } from "./save.ts";
import { catchFailure, countDescriptors, Scratch } from "../testing/testing.ts";

const POLICIES: OnDuplicate[] = ["refuse", "rename", "overwrite"];
const LARGE = 1024 * 1024;

let scratch: Scratch;
let path: string;

beforeEach(() => {
  scratch = new Scratch();
  path = scratch.at("a");
});
afterEach(() => scratch[Symbol.dispose]());

const names = () => readdirSync(scratch.path).toSorted();
const open = (policy: OnDuplicate = "refuse") => new PartFile(path, policy);

/** Receives `text` as version `v1` of a file. */
function fill(part: PartFile, text: string, total = text.length): PartFile {
  expect(part.begin("v1", total)).toBe(true);
  part.write(Buffer.from(text));
  return part;
}

describe("a part file", () => {
  test.each(POLICIES)(
    "becomes the final file when it is complete, under %s",
    (policy) => {
      const before = countDescriptors();
      {
        using part = fill(open(policy), "hello", LARGE);
        expect(names()).not.toContain("a");
        part.write(Buffer.from(" world"));
        expect(part.complete()).toBe(path);
        expect(part.isResumable).toBe(false);
      }
      expect(names()).toEqual(["a"]);
      expect(readFileSync(path, "utf8")).toBe("hello world");
      expect(countDescriptors()).toBe(before);
    },
    1000,
  );

  test("of an empty file becomes an empty file", () => {
    using part = open();
    expect(part.begin("v1", 0)).toBe(true);
    part.complete();
    expect(statSync(path).size).toBe(0);
  }, 1000);

  test("has the permissions that any new file of the user has", () => {
    using part = fill(open(), "x");
    part.complete();
    writeFileSync(scratch.at("plain"), "x");
    expect(statSync(path).mode).toBe(statSync(scratch.at("plain")).mode);
  }, 1000);

  test("that is empty, or too small to resume, is removed", () => {
    {
      using _untouched = open();
    }
    {
      using part = open();
      part.begin("v1", LARGE);
    }
    {
      using _small = fill(open(), "hello", 1000);
    }
    expect(names()).toEqual([]);
  }, 1000);

  test.each([
    [64 * 1024 - 1, []],
    [64 * 1024, [".a.ftpart", ".a.ftpart.version"]],
  ])(
    "of a file of %i bytes leaves %j: a small file starts again",
    (size, left) => {
      {
        using _part = fill(open(), "hello", size);
      }
      expect(names()).toEqual(left);
    },
    1000,
  );

  test("is removed if the server names no version", () => {
    {
      using part = open();
      part.begin("", LARGE);
      part.write(Buffer.from("hello"));
      expect(part.isResumable).toBe(false);
    }
    expect(names()).toEqual([]);
  }, 1000);

  test("knows the hash of what is there", async () => {
    using part = fill(open(), "hello");
    expect(await part.hash()).toBe(Bun.CryptoHasher.hash("sha256", "hello", "hex"));
  }, 1000);

  test("fails at once if the name is taken under refuse", async () => {
    scratch.file("a", "old");
    expect(await catchFailure(() => open())).toMatchObject({ kind: "local" });
    expect(names()).toEqual(["a"]);
  }, 1000);

  test.each([3, LARGE])(
    "of %i bytes does not replace a file that has appeared since, is kept, and completes later",
    async (total) => {
      {
        using part = fill(open(), "new", total);
        scratch.file("a", "old");
        const failure = await catchFailure(() => part.complete());
        expect(failure).toMatchObject({ kind: "local" });
        expect(failure.message).toContain(
          `kept as "${scratch.at(".a.ftpart")}": rename it, or run`,
        );
      }
      expect(readFileSync(path, "utf8")).toBe("old");
      expect(readFileSync(scratch.at(".a.ftpart"), "utf8")).toBe("new");
      using again = open("rename");
      expect([again.offset, again.begin("v1", total)]).toEqual([3, true]);
      expect(again.complete()).toBe(scratch.at("a.1"));
      expect(readFileSync(scratch.at("a.1"), "utf8")).toBe("new");
      expect(names()).toEqual(["a", "a.1"]);
    },
    1000,
  );

  test("that another program has replaced gets no name, and the other file stays", async () => {
    {
      using part = fill(open(), "new", LARGE);
      rmSync(scratch.at(".a.ftpart"));
      scratch.file(".a.ftpart", "another");
      const failure = await catchFailure(() => part.complete());
      expect(failure.message).toContain("fetch the file again");
    }
    expect(names()).toEqual([".a.ftpart"]);
    expect(readFileSync(scratch.at(".a.ftpart"), "utf8")).toBe("another");
  }, 1000);

  test("has the permissions of the file that it replaces, and nobody else reads it before", () => {
    for (const mode of [0o600, 0o640, 0o755]) {
      chmodSync(scratch.file("a", "old"), mode);
      using part = fill(open("overwrite"), "new");
      expect(statSync(scratch.at(".a.ftpart")).mode & 0o777).toBe(0o600);
      part.complete();
      expect(statSync(path).mode & 0o777).toBe(mode);
      expect(readFileSync(path, "utf8")).toBe("new");
    }
  }, 1000);

  test.skipIf(process.getuid?.() !== 0)(
    "gets no permission from another user's file (needs root)",
    () => {
      for (const [mode, expected] of [
        [0o666, 0o644],
        [0o600, 0o600],
      ] as const) {
        const theirs = scratch.file("a", "old");
        chmodSync(theirs, mode);
        chownSync(theirs, 65_534, 65_534);
        using part = fill(open("overwrite"), "new");
        part.complete();
        expect(statSync(path).mode & 0o777).toBe(expected & ~process.umask());
      }
    },
    1000,
  );

  test("that the disk does not take is kept, and the failure says so", async () => {
    const fs = process.getBuiltinModule("node:fs");
    const fail = (_fd: number, done: (error: Error) => void) =>
      done(Object.assign(new Error("EIO"), { code: "EIO" }));
    using _spy = spyOn(fs, "fsync").mockImplementation(fail as typeof fs.fsync);
    {
      using part = open();
      part.begin("v1", LARGE);
      part.write(Buffer.alloc(LARGE));
      const failure = await catchFailure(part.sync());
      expect(failure.message).toContain("the disk reports an error. All that came is kept as");
    }
    expect(names()).toEqual([".a.ftpart", ".a.ftpart.version"]);
  }, 5000);

  test("is whole after it was forced to the disk", async () => {
    using part = fill(open(), "new");
    await part.sync();
    await syncDirectory(part.complete());
    expect(readFileSync(path, "utf8")).toBe("new");
  }, 5000);

  test("takes the next name if a file has appeared since, under rename", () => {
    using part = fill(open("rename"), "new");
    scratch.file("a", "old");
    expect(part.complete()).toBe(scratch.at("a.1"));
    expect(readFileSync(path, "utf8")).toBe("old");
  }, 1000);

  test.each(["x".repeat(230), "x".repeat(255), "ä".repeat(127)])(
    "of a long name can be written, kept and completed",
    (name) => {
      path = scratch.at(name);
      {
        using _cut = fill(open(), "hello", LARGE);
      }
      expect(names()).toHaveLength(2);
      using part = open();
      expect(part.offset).toBe(5);
      part.complete();
      expect(names()).toEqual([name]);
    },
    1000,
  );
});

describe("in the place of the part file", () => {
  const STRANGE: [string, (place: string) => void][] = [
    ["a link to another file", (place) => symlinkSync(scratch.at("victim"), place)],
    ["a dangling link", (place) => symlinkSync(scratch.at("nowhere"), place)],
    ["a pipe", (place) => void spawnSync("mkfifo", [place])],
    ["a directory", (place) => mkdirSync(place)],
    ["a second name of another file", (place) => linkSync(scratch.at("victim"), place)],
  ];
  test.each(STRANGE)(
    "%s does not stop the transfer, and is not written to",
    (_, make) => {
      writeFileSync(scratch.at("victim"), "precious");
      make(scratch.at(".a.ftpart"));
      {
        using part = fill(open(), "hello", LARGE);
        part.complete();
      }
      expect(readFileSync(path, "utf8")).toBe("hello");
      expect(readFileSync(scratch.at("victim"), "utf8")).toBe("precious");
      expect(lstatSync(path).nlink).toBe(1);
      expect(existsSync(scratch.at("nowhere"))).toBe(false);
      expect(names().filter((name) => name.startsWith(".a.ftpart."))).toEqual([]);
    },
    2000,
  );

  test("a complete file stays whole if the client that published it was killed before it removed the part", () => {
    writeFileSync(scratch.at(".a.ftpart"), "whole");
    writeFileSync(scratch.at(".a.ftpart.version"), "v1");
    linkSync(scratch.at(".a.ftpart"), path);
    using part = fill(open("overwrite"), "again", LARGE);
    expect(readFileSync(path, "utf8")).toBe("whole");
    part.complete();
    expect(readFileSync(path, "utf8")).toBe("again");
    expect(names().filter((name) => !name.endsWith(".version"))).toEqual(["a"]);
  }, 1000);
});

describe("two clients at once", () => {
  test("write to separate parts, and only one gets the name", async () => {
    using first = fill(open(), "first", LARGE);
    using second = fill(open(), "second", LARGE);
    expect(second.isResumable).toBe(false);
    expect(second.complete()).toBe(path);
    expect(await catchFailure(() => first.complete())).toMatchObject({ kind: "local" });
    expect(readFileSync(path, "utf8")).toBe("second");
    expect(names()).toEqual([".a.ftpart", ".a.ftpart.version", "a"]);
  }, 1000);

  test("do not remove each other's part", () => {
    const first = fill(open("rename"), "first", LARGE);
    using second = fill(open("rename"), "second", LARGE);
    first.complete();
    first[Symbol.dispose]();
    expect(second.complete()).toBe(scratch.at("a.1"));
    expect(readFileSync(scratch.at("a.1"), "utf8")).toBe("second");
  }, 1000);
});
