// The served directory opens its regular files by a single name, and nothing else on the host.

import { spawnSync } from "node:child_process";
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { Directory } from "./directory.ts";
import { catchFailure, countDescriptors, Scratch } from "../testing/testing.ts";

const isRoot = process.getuid?.() === 0;

/** A served directory with one file, and a file beside it that must never be served. */
class Fixture implements Disposable {
  readonly scratch = new Scratch();
  readonly root = this.scratch.at("root");
  readonly canary = this.scratch.file("canary", "outside");

  constructor() {
    mkdirSync(this.root);
    writeFileSync(this.at("a"), "inside");
  }

  at(name: string): string {
    return `${this.root}/${name}`;
  }

  /** The content of a served file. */
  async read(name: string, dotFiles = false): Promise<string> {
    using directory = new Directory(this.root, dotFiles);
    using file = await directory.open(name);
    return readFileSync(file.fd, "utf8");
  }

  [Symbol.dispose](): void {
    this.scratch[Symbol.dispose]();
  }
}

const ESCAPES = [
  ...["", ".", "..", "/", "a/", "./a", "../canary", "../root/a", "/etc/passwd", "sub/../a"],
  ...["a/../../canary", "sub/b", "//a", "..%2fcanary", "%2e%2e/canary", "..\\canary", "a\\..\\a"],
  ...["x".repeat(256), "ä".repeat(128), "x".repeat(5000), "no such file", " a", "a ", "A", "-a"],
];

describe("a name", () => {
  test("of a regular file opens it, whatever characters it has", async () => {
    using it = new Fixture();
    const names = [
      "a",
      " spaces  ",
      "-g",
      "-rf",
      "ä€😀",
      "a\\b",
      "%2e%2e",
      "x".repeat(255),
      "*?[a]",
      "~",
    ];
    for (const name of names) {
      writeFileSync(it.at(name), "inside");
      expect(await it.read(name)).toBe("inside");
    }
  }, 10_000);

  test.each(ESCAPES)(
    "%j is not found",
    async (name) => {
      using it = new Fixture();
      mkdirSync(it.at("sub"));
      writeFileSync(it.at("sub/b"), "inside");
      const failure = await catchFailure(() => it.read(name));
      expect(failure).toMatchObject({ kind: "refused", code: 550 });
      expect(failure.message).toStartWith("File not found");
    },
    10_000,
  );

  test("that begins with a dot is not found, unless the server serves dot files", async () => {
    using it = new Fixture();
    writeFileSync(it.at(".hidden"), "hidden");
    expect(await catchFailure(() => it.read(".hidden"))).toMatchObject({ code: 550 });
    expect(await it.read(".hidden", true)).toBe("hidden");
    for (const name of [".", ".."]) {
      expect(await catchFailure(() => it.read(name, true))).toMatchObject({ code: 550 });
    }
  }, 10_000);

  test("of a symbolic link is refused: inside, outside, chained, dangling, looping, to a directory", async () => {
    using it = new Fixture();
    symlinkSync("a", it.at("inside"));
    symlinkSync("../canary", it.at("outside"));
    symlinkSync(it.canary, it.at("absolute"));
    symlinkSync("outside", it.at("chained"));
    symlinkSync("nowhere", it.at("dangling"));
    symlinkSync("looping", it.at("looping"));
    symlinkSync("..", it.at("up"));
    for (const name of ["inside", "outside", "absolute", "chained", "dangling", "looping", "up"]) {
      const failure = await catchFailure(() => it.read(name));
      expect(failure).toMatchObject({ code: 550, message: `Not a regular file: ${name}` });
    }
    expect(await catchFailure(() => it.read("up/canary"))).toMatchObject({ code: 550 });
  }, 10_000);

  test("of a pipe is refused at once, although nobody writes to it", async () => {
    using it = new Fixture();
    spawnSync("mkfifo", [it.at("pipe")]);
    const failure = await catchFailure(() => it.read("pipe"));
    expect(failure).toMatchObject({ code: 550, message: "Not a regular file: pipe" });
  }, 10_000);

  test("of a directory, a socket or a device is refused", async () => {
    using it = new Fixture();
    mkdirSync(it.at("directory"));
    using _socket = Bun.listen({ unix: it.at("socket"), socket: { data() {} } });
    spawnSync("mknod", [it.at("device"), "c", "1", "5"]);
    for (const name of ["directory", "socket", ...(isRoot ? ["device"] : [])]) {
      const failure = await catchFailure(() => it.read(name));
      expect(failure).toMatchObject({ code: 550, message: `Not a regular file: ${name}` });
    }
  }, 10_000);

  test("of a file that cannot be read is refused with that reason", async () => {
    using it = new Fixture();
    const directory = new Directory(it.root);
    chmodSync(it.scratch.path, 0o755);
    chmodSync(it.at("a"), 0);
    if (isRoot) process.seteuid?.(65_534);
    const failure = await catchFailure(() => directory.open("a")).finally(
      () => isRoot && process.seteuid?.(0),
    );
    expect(failure).toMatchObject({ code: 550, message: "Not readable: a" });
  }, 10_000);

  test("that is refused leaves no descriptor open", async () => {
    using it = new Fixture();
    mkdirSync(it.at("directory"));
    symlinkSync("a", it.at("link"));
    const before = countDescriptors();
    for (const name of ["directory", "link", "missing", "..", "a"]) {
      await catchFailure(() => it.read(name)).catch(() => {});
    }
    expect(countDescriptors()).toBe(before);
  }, 10_000);
});
