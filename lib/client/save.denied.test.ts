// On file systems that lack something, a file still gets its name, replaces none, and leaves nothing behind.

import { expect, test } from "bun:test";
import { constants } from "node:os";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { canDeny, runDenied } from "../testing/denied-calls.ts";
import { Scratch } from "../testing/testing.ts";

const LIMIT = 10_000;

/** link(2), linkat(2) and renameat2(2) on x64. */
const LINK = [86, 265];
const RENAME_TO_FREE = [316];

/** Publishes `.part` as `f` in a process whose system calls `numbers` fail with `error`. Returns what it prints. */
function publish(scratch: Scratch, numbers: readonly number[], error: number): Promise<string> {
  const save = JSON.stringify(`${import.meta.dir}/save.ts`);
  return runDenied(
    scratch.path,
    numbers,
    error,
    `
    const { publish } = await import(${save});
    deny();
    console.log(publish(".part", "f", "refuse"));`,
  );
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

/** What every file system may lack: locks, permissions, reserved space, and pipes. */
const MISSING: [string, number, number][] = [
  ["flock", 73, constants.errno.ENOLCK],
  ["flock", 73, constants.errno.ENOSYS],
  ["fchmod", 91, EPERM],
  ["fallocate", 285, EOPNOTSUPP],
  ["splice", 275, EINVAL],
];

test.skipIf(!canDeny).each(MISSING)(
  "a part is completed without %s, and nothing else stays",
  async (_name, number, error) => {
    using scratch = new Scratch();
    const script = `
      const { PartFile } = await import(${JSON.stringify(`${import.meta.dir}/part.ts`)});
      deny();
      using part = new PartFile("f", "refuse");
      part.begin("v1", 2_000_000);
      part.write(Buffer.alloc(2_000_000, "x"));
      console.log(part.complete());`;
    expect(await runDenied(scratch.path, [number], error, script)).toBe("f");
    expect(statSync(scratch.at("f")).size).toBe(2_000_000);
    expect(readdirSync(scratch.path)).toEqual(["f"]);
  },
  LIMIT,
);
