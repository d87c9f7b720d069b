// The calls of the C library do what their manual pages say.

import { describe, expect, test } from "bun:test";
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync } from "node:fs";
import { isTerminal, kernelSend, openCached, readCached, tryLock } from "./libc.ts";
import { Scratch } from "../testing/testing.ts";

const linux = process.platform === "linux";

test.skipIf(!linux)(
  "Linux has all calls",
  () => {
    expect([kernelSend, tryLock, isTerminal].map((call) => typeof call)).toEqual(
      Array.from({ length: 3 }, () => "function"),
    );
  },
  1000,
);

describe.if(kernelSend !== undefined)("sendfile", () => {
  /** Sends from a file of ten bytes into another. Returns the result of the call and the bytes that arrived. */
  function send(offset: number, count: number): [number | undefined, string] {
    using scratch = new Scratch();
    const from = openSync(scratch.file("from", "0123456789"), "r");
    const to = openSync(scratch.at("to"), "w");
    const sent = kernelSend?.(to, from, offset, count);
    closeSync(from);
    closeSync(to);
    return [sent, readFileSync(scratch.at("to"), "latin1")];
  }

  test("moves so many bytes, from the offset", () => {
    expect(send(0, 10)).toEqual([10, "0123456789"]);
    expect(send(3, 4)).toEqual([4, "3456"]);
    expect(send(9, 1)).toEqual([1, "9"]);
  }, 1000);

  test("moves the bytes up to the end of the file, and no more", () => {
    expect(send(8, 100)).toEqual([2, "89"]);
    expect(send(10, 1)).toEqual([0, ""]);
    expect(send(2 ** 40, 1)).toEqual([0, ""]);
  }, 1000);

  test("returns -1 for an invalid descriptor", () => {
    expect(kernelSend?.(-1, -1, 0, 1)).toBe(-1);
  }, 1000);
});

describe.if(openCached !== undefined)("openCached", () => {
  /** The content of a file beneath a directory; undefined if it was not opened. */
  function read(directory: number, name: string): string | undefined {
    const fd = openCached?.(directory, name, 0) ?? -1;
    if (fd < 0) return undefined;
    const text = readFileSync(fd, "utf8");
    closeSync(fd);
    return text;
  }

  test("opens what is in memory, and follows no link and no way up", () => {
    using scratch = new Scratch();
    mkdirSync(scratch.at("root"));
    scratch.file("root/ä file", "inside");
    scratch.file("canary", "outside");
    symlinkSync("../canary", scratch.at("root/up"));
    symlinkSync("ä file", scratch.at("root/link"));
    symlinkSync("/proc/self/root", scratch.at("root/magic"));
    const directory = openSync(scratch.at("root"), "r");
    if (read(directory, "ä file") === undefined) return; // a kernel before 5.12
    expect(read(directory, "ä file")).toBe("inside");
    for (const name of ["up", "link", "magic/etc/passwd", "../canary", scratch.at("canary"), "no"])
      expect(read(directory, name)).toBeUndefined();
    expect(read(-1, "ä file")).toBeUndefined();
    closeSync(directory);
  }, 1000);
});

describe.if(readCached !== undefined)("readCached", () => {
  test("reads what is in memory from the offset, and nothing at the end of a file", () => {
    using scratch = new Scratch();
    const fd = openSync(scratch.file("a", "0123456789"), "r");
    const bytes = Buffer.alloc(4);
    if (readCached?.(fd, bytes, 3) === -1) return; // a file system that cannot tell
    expect([readCached?.(fd, bytes, 3), bytes.toString()]).toEqual([4, "3456"]);
    expect([readCached?.(fd, bytes, 10), readCached?.(fd, bytes, 2 ** 40)]).toEqual([0, 0]);
    expect(readCached?.(-1, bytes, 0)).toBe(-1);
    closeSync(fd);
  }, 1000);
});

describe.if(tryLock !== undefined)("a lock", () => {
  test("belongs to one descriptor at a time, and ends with it", () => {
    using scratch = new Scratch();
    const [first, second] = [scratch.file("a"), scratch.at("a")].map((path) => openSync(path, "r"));
    expect(tryLock?.(first as number)).toBe(true);
    expect(tryLock?.(second as number)).toBe(false);
    closeSync(first as number);
    expect(tryLock?.(second as number)).toBe(true);
    closeSync(second as number);
  }, 1000);

  test("keeps another process out, and ends with a process that is killed", async () => {
    using scratch = new Scratch();
    const path = scratch.file("a");
    const script = `
      const { tryLock } = await import(${JSON.stringify(`${import.meta.dir}/libc.ts`)});
      console.log(tryLock(require("node:fs").openSync(${JSON.stringify(path)}, "r")));
      setTimeout(() => {}, 3000);`;
    await using child = Bun.spawn([process.execPath, "-e", script], { timeout: 3000 });
    const { value } = await child.stdout.getReader().read();
    expect(Buffer.from(value ?? []).toString()).toBe("true\n");
    const fd = openSync(path, "r");
    expect(tryLock?.(fd)).toBe(false);
    child.kill("SIGKILL");
    await child.exited;
    expect(tryLock?.(fd)).toBe(true);
    closeSync(fd);
  }, 5000);
});

test.if(linux && isTerminal !== undefined)(
  "isTerminal is true for a terminal, and false for a file and a closed descriptor",
  () => {
    using scratch = new Scratch();
    const terminal = openSync("/dev/ptmx", "r+");
    const file = openSync(scratch.file("a"), "r");
    expect([terminal, file, -1].map((fd) => isTerminal?.(fd))).toEqual([true, false, false]);
    closeSync(terminal);
    closeSync(file);
  },
  1000,
);
