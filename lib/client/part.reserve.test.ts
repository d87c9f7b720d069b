// Disk space is reserved before a large file comes, and given back if the file stays a part.

import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { PartFile } from "./part.ts";
import { catchFailure, Scratch } from "../testing/testing.ts";

const MIB = 1024 * 1024;
const TOTAL = 16 * MIB;
const linux = process.platform === "linux";

/** Disk space of a file in bytes, whatever its size is (stat(2): blocks of 512 bytes). */
const allocated = (path: string) => statSync(path).blocks * 512;

test.if(linux)(
  "space is reserved at the start, and the rest given back with the part",
  () => {
    using scratch = new Scratch();
    const path = scratch.at(".a.ftpart");
    {
      using part = new PartFile(scratch.at("a"), "refuse");
      part.begin("v1", TOTAL);
      part.write(Buffer.alloc(MIB, "x"));
      expect(statSync(path).size).toBe(MIB);
      expect(allocated(path)).toBeGreaterThanOrEqual(TOTAL);
    }
    expect(statSync(path).size).toBe(MIB);
    expect(allocated(path)).toBeLessThan(TOTAL / 2);
  },
  5000,
);

test.if(linux)(
  "a file that no disk can hold fails before its first byte, and leaves nothing",
  async () => {
    using scratch = new Scratch();
    using part = new PartFile(scratch.at("a"), "refuse");
    const failure = await catchFailure(() => part.begin("v1", Number.MAX_SAFE_INTEGER));
    expect(failure.kind).toBe("local");
    expect(failure.message).toMatch(
      /^Cannot save ".*": (the disk is full|the file system takes no file of this size)\.$/,
    );
    expect(part.isResumable).toBe(false);
  },
  5000,
);
