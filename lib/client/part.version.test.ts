// The version file beside a part: a link, a pipe or a directory of its name does no harm.

import { spawnSync } from "node:child_process";
import { expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { PartFile } from "./part.ts";
import { Scratch } from "../testing/testing.ts";

const LIMIT = 5000;
const LARGE = 1_000_000;

/** Fetches a byte to `a`, and returns what was saved. */
function fetch(scratch: Scratch): string {
  using part = new PartFile(scratch.at("a"), "refuse");
  part.begin("v1", LARGE);
  part.write(Buffer.from("x"));
  return readFileSync(part.complete(), "utf8");
}

test(
  "a link is not followed",
  () => {
    using scratch = new Scratch();
    symlinkSync(scratch.file("victim", "precious"), scratch.at(".a.ftpart.version"));
    expect(fetch(scratch)).toBe("x");
    expect(readFileSync(scratch.at("victim"), "utf8")).toBe("precious");
  },
  LIMIT,
);

test(
  "a pipe does not block",
  async () => {
    using scratch = new Scratch();
    spawnSync("mkfifo", [scratch.at(".a.ftpart.version")]);
    // In another process: a call that blocks in open(2) could not be ended otherwise.
    const script = `const { PartFile } = await import(${JSON.stringify(`${import.meta.dir}/part.ts`)});
      using part = new PartFile(${JSON.stringify(scratch.at("a"))}, "refuse");
      part.begin("v1", ${LARGE});
      console.log("ok");`;
    await using child = Bun.spawn([process.execPath, "-e", script], { timeout: LIMIT / 2 });
    expect(await child.stdout.text()).toBe("ok\n");
  },
  LIMIT,
);

test(
  "a directory does not stop the transfer",
  () => {
    using scratch = new Scratch();
    mkdirSync(scratch.at(".a.ftpart.version"));
    expect(fetch(scratch)).toBe("x");
  },
  LIMIT,
);

test(
  "two clients at once can save a name of 230 bytes",
  () => {
    using scratch = new Scratch();
    const path = scratch.at("x".repeat(230));
    using _first = new PartFile(path, "rename");
    using second = new PartFile(path, "rename");
    second.begin("v1", 1);
    second.write(Buffer.from("x"));
    expect(second.complete()).toBe(path);
  },
  LIMIT,
);

/** Leaves a part of `v1` behind, of which `harm` then changes the version file. Returns where a later run continues. */
function resumeAfter(harm: (path: string) => void): number {
  using scratch = new Scratch();
  {
    using part = new PartFile(scratch.at("a"), "refuse");
    part.begin("v1", LARGE);
    part.write(Buffer.from("x"));
  }
  harm(scratch.at(".a.ftpart.version"));
  using part = new PartFile(scratch.at("a"), "refuse");
  return part.offset;
}

const isRoot = process.getuid?.() === 0;

test(
  "a version that another user could have written is not believed",
  () => {
    expect(resumeAfter(() => {})).toBe(1);
    expect(resumeAfter((path) => chmodSync(path, 0o620))).toBe(0);
    expect(resumeAfter((path) => linkSync(path, `${path}.second`))).toBe(0);
    expect(resumeAfter((path) => writeFileSync(path, "v".repeat(65)))).toBe(0);
  },
  LIMIT,
);

test.skipIf(!isRoot)(
  "a version of another user is not believed (needs root)",
  () => {
    expect(resumeAfter((path) => chownSync(path, 65_534, 65_534))).toBe(0);
  },
  LIMIT,
);
