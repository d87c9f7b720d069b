// Disk space is reserved only for bytes that have come, whatever the server announces.

import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { PartFile } from "./part.ts";
import { catchFailure, connectPair, Scratch, SOON } from "../testing/testing.ts";

const MIB = 1024 * 1024;
const TOTAL = 16 * MIB;
/** What a file system may take beside the bytes themselves, for its own tables and for the end of the last block. */
const SLACK = 128 * 1024;
const linux = process.platform === "linux";

/** Disk space of a file in bytes, whatever its size is (stat(2): blocks of 512 bytes). */
const allocated = (path: string) => statSync(path).blocks * 512;

test.if(linux)(
  "a part takes no more room than its bytes, at every moment and for every size that is announced",
  async () => {
    using scratch = new Scratch();
    const path = scratch.at(".a.ftpart");
    await using pair = await connectPair();
    using part = new PartFile(scratch.at("a"), "refuse");
    part.begin("v1", 1000 * MIB);
    const sending = pair.near
      .write(Buffer.alloc(TOTAL, "x"), SOON)
      .then(() => pair.near.finish(SOON));
    const sizes: number[] = [];
    const check = () => {
      const { size } = statSync(path);
      sizes.push(size);
      expect(allocated(path)).toBeLessThanOrEqual(size + SLACK);
    };
    const splice = (socket: number) => {
      const count = part.splice(socket, TOTAL);
      if (count > 0) check();
      return count;
    };
    const write = (bytes: Uint8Array) => (part.write(bytes), check());
    await pair.far.receive(write, SOON, splice);
    await sending;
    expect(sizes.at(-1)).toBe(TOTAL);
  },
  10_000,
);

test.if(linux)(
  "a file that no disk can hold fails before its first byte, and leaves nothing",
  async () => {
    using scratch = new Scratch();
    using part = new PartFile(scratch.at("a"), "refuse");
    const failure = await catchFailure(() => part.begin("v1", Number.MAX_SAFE_INTEGER));
    expect(failure.kind).toBe("local");
    expect(failure.message).toMatch(
      /^Cannot save ".*": the disk has room for [0-9]+ bytes, and 9007199254740991 are to come: make room, or save on another disk\.$/,
    );
    expect(part.isResumable).toBe(false);
  },
  5000,
);
