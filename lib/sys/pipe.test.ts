// A pipe takes bytes from a descriptor, moves them into a file, and gives back what the file refuses.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, openSync, readFileSync } from "node:fs";
import { Pipe } from "./pipe.ts";
import { countDescriptors, Scratch } from "../testing/testing.ts";

let scratch: Scratch;
/** Ten bytes; splice(2) takes from a file as it does from a socket. */
let source: number;
let pipe: Pipe;

beforeEach(() => {
  scratch = new Scratch();
  source = openSync(scratch.file("source", "0123456789"), "r");
  pipe = new Pipe();
});
afterEach(() => {
  pipe[Symbol.dispose]();
  closeSync(source);
  scratch[Symbol.dispose]();
});

const taken = () => Buffer.from(pipe.takeRest()).toString();

/** Moves the bytes of the pipe into the file `path`. Returns how many the file took. */
function pour(path: string, at?: number): number {
  const fd = openSync(path, "r+");
  const count = pipe.drainTo(fd, at);
  closeSync(fd);
  return count;
}

describe.if(process.platform === "linux")("a pipe", () => {
  test("is opened when it is first needed, and closed once", () => {
    const before = countDescriptors();
    expect(pipe.fill(source, 1)).toBe(1);
    expect(countDescriptors()).toBe(before + 2);
    pipe[Symbol.dispose]();
    pipe[Symbol.dispose]();
    expect(countDescriptors()).toBe(before);
    expect(pipe.fill(source, 1)).toBe(0);
  }, 1000);

  test("takes the bytes that are there, and no more than it is asked for", () => {
    expect(pipe.fill(source, 3)).toBe(3);
    expect(pipe.fill(source, 0)).toBe(0);
    expect(taken()).toBe("012");
    expect(pipe.fill(source, 100)).toBe(7);
    expect(pipe.fill(source, 100)).toBe(0);
    expect(pipe.fill(-1, 100)).toBe(0);
    expect([taken(), taken()]).toEqual(["3456789", ""]);
  }, 1000);

  test("never takes more than it can hold", () => {
    const large = openSync(scratch.file("large", Buffer.alloc(3 * 1024 * 1024)), "r");
    let filled = 0;
    for (let count; (count = pipe.fill(large, 1 << 30)) > 0;) filled += count;
    closeSync(large);
    expect(filled).toBeLessThanOrEqual(1024 * 1024);
    expect(pipe.takeRest().length).toBe(filled);
  }, 5000);

  test("moves its bytes to an offset in a file, or to the file's own position", () => {
    const path = scratch.file("to", "abcdefghij");
    pipe.fill(source, 4);
    expect([pour(path, 3), pour(path, 3)]).toEqual([4, 0]);
    pipe.fill(source, 2);
    expect(pour(path)).toBe(2);
    expect(readFileSync(path, "latin1")).toBe("45c0123hij");
    pipe.fill(source, 2);
    expect(pour("/dev/null")).toBe(2);
  }, 1000);

  test("gives back what a file refuses", () => {
    pipe.fill(source, 4);
    expect(pour("/dev/full")).toBe(0);
    expect(taken()).toBe("0123");
  }, 1000);
});
