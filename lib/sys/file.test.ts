// The file calls do the same with the C library and without it, and a failure has the system's code.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { lstatSync, mkdirSync, readFileSync, symlinkSync, truncateSync } from "node:fs";
import * as fileCalls from "./file.ts";
import * as fileStatus from "./file-status.ts";
import { catchFailure, countDescriptors, Scratch } from "../testing/testing.ts";

const file = { ...fileCalls, ...fileStatus };

let scratch: Scratch;
beforeEach(() => void (scratch = new Scratch()));
afterEach(() => scratch[Symbol.dispose]());

/** The code of the system error that `work` throws. */
const code = async (work: () => unknown) =>
  ((await catchFailure(work)) as unknown as NodeJS.ErrnoException).code;

/** Does everything that a client does to a file, and returns the results. */
async function useFile(calls: typeof file, at: (name: string) => string): Promise<unknown[]> {
  const fd = calls.openFile(at("új file"), ["O_RDWR", "O_CREAT", "O_EXCL"], 0o600);
  const results: unknown[] = [];
  results.push(calls.writeSome(fd, Buffer.from("0123456789")));
  results.push(calls.writeSome(fd, Buffer.from("xyz"), 4), calls.fstat(fd).size);
  calls.truncate(fd);
  results.push(calls.fstat(fd).size, calls.writeSome(fd, Buffer.from("end"), 0));
  calls.closeFile(fd);
  calls.link(at("új file"), at("b"));
  results.push(calls.lstat(at("b"))?.linkCount, calls.lstat(at("nothing")));
  calls.rename(at("b"), at("c"));
  calls.remove(at("b"));
  calls.remove(at("c"));
  calls.writeText(at("text"), "größe");
  results.push(calls.readPrivateText(at("text"), 100), calls.readPrivateText(at("nothing"), 100));
  results.push(
    calls.renameToFree(at("text"), at("new text")) ? calls.lstat(at("text")) : undefined,
  );
  calls.assertWritable(at("."));
  return results;
}
const RESULTS = [10, 3, 10, 0, 3, 2, undefined, "größe", "", undefined];

describe("a file", () => {
  test("is opened, written, named and removed", async () => {
    const before = countDescriptors();
    expect(await useFile(file, (name) => scratch.at(name))).toEqual(RESULTS);
    expect(countDescriptors()).toBe(before);
    expect(lstatSync(scratch.at("új file")).mode & 0o777).toBe(0o600);
    expect(readFileSync(scratch.at("új file"), "latin1")).toBe("end");
  }, 1000);

  test("does the same without the C library", async () => {
    const script = `
      Object.defineProperty(process, "platform", { value: "other" });
      const load = (name) => import(${JSON.stringify(import.meta.dir)} + "/" + name);
      const calls = { ...(await load("file.ts")), ...(await load("file-status.ts")) };
      const at = (name) => ${JSON.stringify(scratch.path)} + "/" + name;
      console.log(JSON.stringify(await (${useFile.toString()})(calls, at)));`;
    await using child = Bun.spawn([process.execPath, "-e", script], { timeout: 3000 });
    expect(JSON.parse(await child.stdout.text())).toEqual(JSON.parse(JSON.stringify(RESULTS)));
  }, 5000);

  test("has a status, and a symbolic link has its own", () => {
    const path = scratch.file("a", "abc");
    mkdirSync(scratch.at("directory"));
    symlinkSync(path, scratch.at("link"));
    const status = {
      ...{ isRegular: true, isDirectory: false, isCharacterDevice: false },
      ...{ linkCount: 1, size: 3, mode: lstatSync(path).mode & 0o777, owner: process.geteuid?.() },
    };
    expect(file.lstat(path)).toMatchObject({ ...status, inode: lstatSync(path).ino });
    expect(file.lstat(scratch.at("link"))).toMatchObject({ isRegular: false });
    expect(file.lstat(scratch.at("directory"))).toMatchObject({
      isRegular: false,
      isDirectory: true,
    });
    expect(file.lstat("/dev/null")).toMatchObject({ isRegular: false, isCharacterDevice: true });
  }, 1000);

  test("may be larger than 4 GiB", () => {
    truncateSync(scratch.file("sparse"), 5 * 2 ** 30);
    const fd = file.openFile(scratch.at("sparse"), ["O_RDWR"]);
    expect(file.writeSome(fd, Buffer.from("x"), 5 * 2 ** 30)).toBe(1);
    expect(file.fstat(fd).size).toBe(5 * 2 ** 30 + 1);
    file.closeFile(fd);
  }, 1000);

  test("is not inherited by a child process", () => {
    const fd = file.openFile(scratch.file("a"), ["O_RDONLY"]);
    const flags = /flags:\s*([0-7]+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
    expect(Number.parseInt(flags ?? "", 8) & 0o2000000).not.toBe(0);
    file.closeFile(fd);
  }, 1000);
});

test("a failure has the system's own code", async () => {
  const path = scratch.file("a");
  symlinkSync(path, scratch.at("link"));
  expect(await code(() => file.openFile(scratch.at("none"), ["O_RDONLY"]))).toBe("ENOENT");
  expect(await code(() => file.openFile(path, ["O_RDWR", "O_CREAT", "O_EXCL"]))).toBe("EEXIST");
  expect(await code(() => file.openFile(scratch.at("link"), ["O_RDWR", "O_NOFOLLOW"]))).toBe(
    "ELOOP",
  );
  expect(await code(() => file.link(path, scratch.at("link")))).toBe("EEXIST");
  expect(await code(() => file.rename(scratch.at("none"), path))).toBe("ENOENT");
  expect(await code(() => file.renameToFree(path, scratch.at("link")))).toBe("EEXIST");
  expect(await code(() => file.remove(scratch.path))).toBeDefined();
  expect(await code(() => file.assertWritable(scratch.at("none")))).toBe("ENOENT");
  expect(await code(() => file.lstat(scratch.at("x".repeat(300))))).toBe("ENAMETOOLONG");
  expect(await code(() => file.writeText(path, "x"))).toBe("EEXIST");
  expect(await code(() => file.fstat(9999))).toBe("EBADF");
  const full = file.openFile("/dev/full", ["O_WRONLY"]);
  expect(await code(() => file.writeSome(full, Buffer.from("x")))).toBe("ENOSPC");
  file.closeFile(full);
}, 1000);
