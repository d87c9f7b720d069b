// Many clients that save one name at once, and full disks: no file is ever overwritten by mistake or incomplete.

import { spawnSync } from "node:child_process";
import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import type { OnDuplicate } from "./save.ts";
import { Scratch } from "../testing/testing.ts";

const CLIENTS = 20;
const PART = JSON.stringify(`${import.meta.dir}/part.ts`);

/** The script of a client: from `start` on it receives a file of one letter, and prints where it saved it. */
const clientScript = (path: string, policy: OnDuplicate, letter: string, start: number) => `
  const { PartFile } = await import(${PART});
  while (Date.now() < ${start});
  try {
    using part = new PartFile(${JSON.stringify(path)}, "${policy}");
    if (!part.begin("version-${letter}", 100_000)) part.begin("version-${letter}", 100_000);
    for (let count = 0; count < 10; count++) part.write(Buffer.alloc(10_000, "${letter}"));
    console.log(part.complete());
  } catch (error) {
    console.log(error.kind);
  }`;

/** Runs the clients. Returns what each of them printed, and the names in the directory afterwards. */
async function runClients(scratch: Scratch, policy: OnDuplicate) {
  const start = Date.now() + 600;
  const letters = Array.from({ length: CLIENTS }, (_, index) => String.fromCharCode(97 + index));
  const outputs = letters.map(async (letter) => {
    const script = clientScript(scratch.at("f.txt"), policy, letter, start);
    await using child = Bun.spawn([process.execPath, "-e", script], { timeout: 8000 });
    return (await child.stdout.text()).trim();
  });
  const results = await Promise.all(outputs);
  const all = readdirSync(scratch.path).toSorted();
  const versions = all.filter((file) => file.endsWith(".version"));
  const files = all.filter((file) => !versions.includes(file));
  for (const file of files) {
    const content = readFileSync(scratch.at(file), "latin1");
    expect(content.length).toBe(100_000);
    expect(content).toBe((content[0] ?? "").repeat(100_000));
  }
  return { results, files };
}

describe(`${CLIENTS} clients that save one name at once`, () => {
  test("under refuse: one succeeds, the others fail, and there is one whole file", async () => {
    using scratch = new Scratch();
    const { results, files } = await runClients(scratch, "refuse");
    // The others keep what came, each in a part of its own.
    expect(files.filter((file) => !file.startsWith(".f.txt.ftpart"))).toEqual(["f.txt"]);
    expect(results.filter((result) => result === scratch.at("f.txt"))).toHaveLength(1);
    expect(results.filter((result) => result === "local")).toHaveLength(CLIENTS - 1);
  }, 10_000);

  test("under rename: all succeed, each with a whole file of its own", async () => {
    using scratch = new Scratch();
    const { results, files } = await runClients(scratch, "rename");
    expect(files).toHaveLength(CLIENTS);
    expect(results.toSorted()).toEqual(files.map((file) => scratch.at(file)).toSorted());
    const first = files.map((file) => readFileSync(scratch.at(file), "latin1")[0]);
    expect(new Set(first).size).toBe(CLIENTS);
  }, 10_000);

  test("under overwrite: all succeed, and there is the whole file of the last one", async () => {
    using scratch = new Scratch();
    const { results, files } = await runClients(scratch, "overwrite");
    expect(files).toEqual(["f.txt"]);
    expect(new Set(results)).toEqual(new Set([scratch.at("f.txt")]));
  }, 10_000);
});

test("clients that publish one name again and again never remove each other's part", async () => {
  using scratch = new Scratch();
  const script = `
    const { PartFile } = await import(${PART});
    const failures = [];
    for (const end = Date.now() + 700; Date.now() < end;) {
      try {
        using part = new PartFile(${JSON.stringify(scratch.at("a"))}, "overwrite");
        if (!part.begin("v" + process.pid, 100_000)) part.begin("v" + process.pid, 100_000);
        part.write(Buffer.from("hello"));
        part.complete();
      } catch (error) {
        failures.push(error.message);
      }
    }
    console.log(JSON.stringify(failures));`;
  const outputs = Array.from({ length: 3 }, async () => {
    await using child = Bun.spawn([process.execPath, "-e", script], { timeout: 5000 });
    return JSON.parse(await child.stdout.text());
  });
  expect(await Promise.all(outputs)).toEqual([[], [], []]);
  expect(readFileSync(scratch.at("a"), "utf8")).toBe("hello");
}, 10_000);

describe("a full disk", () => {
  /** A script that writes a megabyte, and prints the failure and how many bytes the part holds. */
  const writerScript = (path: string) => `
    const { PartFile } = await import(${PART});
    using part = new PartFile(${JSON.stringify(path)}, "refuse");
    part.begin("v1", 1_000_000);
    try {
      for (let count = 0; count < 100; count++) part.write(Buffer.alloc(10_000));
      part.complete();
    } catch (error) {
      console.log(JSON.stringify([error.kind, error.exit, error.message, part.offset]));
    }`;

  test("(by a limit of the file size) is a failure with a reason, and the part can be resumed", async () => {
    using scratch = new Scratch();
    const path = scratch.at("a");
    const limited = [
      "sh",
      "-c",
      'trap "" XFSZ; ulimit -f 400; exec "$0" -e "$1"',
      process.execPath,
    ];
    await using child = Bun.spawn([...limited, writerScript(path)], { timeout: 5000 });
    const [kind, exit, message, kept] = JSON.parse(await child.stdout.text());
    expect([kind, exit]).toEqual(["local", 7]);
    expect(message).toBe(
      `Cannot write ${JSON.stringify(path)}: the file system takes no file of this size.`,
    );
    expect(readdirSync(scratch.path).toSorted()).toEqual([".a.ftpart", ".a.ftpart.version"]);
    expect(kept).toBe(400 * 512);
  }, 10_000);

  test("is a failure with a reason, and leaves no final file", async () => {
    using scratch = new Scratch();
    const disk = scratch.at("disk");
    mkdirSync(disk);
    const mounted =
      spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", disk]).status === 0;
    if (!mounted) {
      console.warn("skipped: this test must mount a small file system, which needs root");
      return expect(mounted).toBe(false);
    }
    try {
      await using child = Bun.spawn([process.execPath, "-e", writerScript(`${disk}/a`)], {
        timeout: 5000,
      });
      const [kind, exit, message] = JSON.parse(await child.stdout.text());
      expect([kind, exit]).toEqual(["local", 7]);
      expect(message).toBe(`Cannot write ${JSON.stringify(`${disk}/a`)}: the disk is full.`);
      expect(readdirSync(disk)).not.toContain("a");
    } finally {
      spawnSync("umount", [disk]);
    }
  }, 10_000);
});
