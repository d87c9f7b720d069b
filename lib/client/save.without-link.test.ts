// On file systems that lack second names, or renames that never replace, a file still gets its name, and replaces none.

import { expect, test } from "bun:test";
import { constants } from "node:os";
import { readdirSync, readFileSync } from "node:fs";
import { Scratch } from "../testing/testing.ts";

const LIMIT = 10_000;

/** link(2), linkat(2) and renameat2(2) on x64. */
const LINK = [86, 265];
const RENAME_TO_FREE = [316];

/** The filter below is written for this processor only. */
const canDeny = process.platform === "linux" && process.arch === "x64";

/** Publishes `.part` as `f` in a process whose system calls `numbers` fail with `error`. Returns what it prints. */
async function publish(
  scratch: Scratch,
  numbers: readonly number[],
  error: number,
): Promise<string> {
  const script = `
    const { dlopen, ptr } = await import("bun:ffi");
    const { prctl } = dlopen("libc.so.6", {
      prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
    }).symbols;
    const { publish } = await import(${JSON.stringify(`${import.meta.dir}/save.ts`)});
    // A seccomp filter (seccomp(2)): load the number of the call, compare it, and return the error.
    const numbers = ${JSON.stringify(numbers)};
    const lines = [[0x20, 0, 0, 0], ...numbers.map((number, i) => [0x15, numbers.length - i, 0, number])];
    lines.push([0x06, 0, 0, 0x7fff0000], [0x06, 0, 0, 0x00050000 | ${error}]);
    const code = Buffer.alloc(lines.length * 8);
    lines.forEach(([operation, yes, no, value], i) => {
      code.writeUInt16LE(operation, i * 8);
      code.writeUInt8(yes, i * 8 + 2);
      code.writeUInt8(no, i * 8 + 3);
      code.writeUInt32LE(value, i * 8 + 4);
    });
    const filter = Buffer.alloc(16);
    filter.writeUInt16LE(lines.length, 0);
    filter.writeBigUInt64LE(BigInt(ptr(code)), 8);
    if (prctl(38, 1, 0, 0, 0) !== 0 || prctl(22, 2, ptr(filter), 0, 0) !== 0) throw "no seccomp";
    try {
      console.log(publish(".part", "f", "refuse"));
    } catch (error) {
      console.log(error.message);
    }`;
  const options = { cwd: scratch.path, timeout: LIMIT / 2 };
  await using child = Bun.spawn([process.execPath, "-e", script], options);
  return (await child.stdout.text()).trim();
}

const { ENOSYS, EXDEV, EMLINK, EACCES, EPERM, EINVAL, EOPNOTSUPP } = constants.errno;
const CASES = [ENOSYS, EXDEV, EMLINK, EACCES, EPERM, EINVAL, EOPNOTSUPP].flatMap((error) => [
  [error, LINK] as const,
  [error, RENAME_TO_FREE] as const,
  [error, [...LINK, ...RENAME_TO_FREE]] as const,
]);

test.skipIf(!canDeny).each(CASES)(
  "error %i of the calls %j",
  async (error, numbers) => {
    using scratch = new Scratch();
    scratch.file(".part", "new");
    expect(await publish(scratch, numbers, error)).toBe("f");
    expect(readFileSync(scratch.at("f"), "utf8")).toBe("new");
    expect(readdirSync(scratch.path)).toEqual(["f"]);
    scratch.file(".part", "other");
    expect(await publish(scratch, numbers, error)).toStartWith('"f" exists already');
    expect(readFileSync(scratch.at("f"), "utf8")).toBe("new");
    expect(readdirSync(scratch.path).toSorted()).toEqual([".part", "f"]);
  },
  LIMIT,
);
