// Room on the disk is reserved before a large file comes, found missing at once, and given back where the file stays a part.

import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { PartFile } from "./part.ts";
import { catchFailure, Scratch } from "../testing/testing.ts";

const MIB = 1024 * 1024;
const ROOM = 16 * MIB;
const linux = process.platform === "linux";

/** Bytes that the file has on the disk, whatever its size is (stat(2): blocks of 512 bytes). */
const held = (path: string) => statSync(path).blocks * 512;

test.if(linux)(
  "room is there before the bytes are, and goes with the part that is kept",
  () => {
    using scratch = new Scratch();
    const path = scratch.at(".a.ftpart");
    {
      using part = new PartFile(scratch.at("a"), "refuse");
      part.begin("v1", ROOM);
      part.write(Buffer.alloc(MIB, "x"));
      expect(statSync(path).size).toBe(MIB);
      expect(held(path)).toBeGreaterThanOrEqual(ROOM);
    }
    expect(statSync(path).size).toBe(MIB);
    expect(held(path)).toBeLessThan(ROOM / 2);
  },
  5000,
);

test.if(linux)(
  "a file that no disk can hold is refused before its first byte, and leaves nothing",
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
