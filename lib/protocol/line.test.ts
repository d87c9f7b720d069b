// Lines come out the same wherever the stream was cut, and none is ever longer than the maximum.

import { describe, expect, test } from "bun:test";
import { LineSplitter } from "./line.ts";
import { catchFailure } from "../testing/testing.ts";

const STREAM = Buffer.from("USER ä€😀\r\n\n-g a name\r 30021\n\r\n-l 30021\r\n");
const LINES = ["USER ä€😀", "", "-g a name\r 30021", "", "-l 30021"];

/** The lines of a stream that comes in the given pieces. */
function split(pieces: Uint8Array[], maximum = 4096): string[] {
  const splitter = new LineSplitter(maximum);
  const lines: string[] = [];
  for (const piece of pieces) {
    splitter.push(piece);
    for (let line; (line = splitter.next());) lines.push(Buffer.from(line).toString());
  }
  return lines;
}

describe("LineSplitter", () => {
  test("lines that come in one piece are all found", () => {
    expect(split([STREAM])).toEqual(LINES);
  }, 1000);

  test("a stream cut at any byte gives the same lines", () => {
    for (let at = 0; at <= STREAM.length; at++) {
      expect(split([STREAM.subarray(0, at), STREAM.subarray(at)])).toEqual(LINES);
    }
  }, 1000);

  test("a stream that comes byte by byte gives the same lines", () => {
    expect(split([...STREAM].map((byte) => Uint8Array.of(byte)))).toEqual(LINES);
  }, 1000);

  test("lines may also be asked for after everything has come", () => {
    const splitter = new LineSplitter(100);
    for (const byte of Buffer.from("a\nb\r\nc")) splitter.push(Uint8Array.of(byte));
    expect(Buffer.from(splitter.next() ?? []).toString()).toBe("a");
    expect(Buffer.from(splitter.next() ?? []).toString()).toBe("b");
    expect(splitter.next()).toBeUndefined();
    expect(splitter.isEmpty).toBe(false);
  }, 1000);

  test("only one CR belongs to the end of a line, and only right before the LF", () => {
    expect(split([Buffer.from("a\r\r\nb\n\rc\n\r\r\n")])).toEqual(["a\r", "b", "\rc", "\r"]);
  }, 1000);

  test("it is empty exactly where no line has been begun", () => {
    const splitter = new LineSplitter(10);
    expect(splitter.isEmpty).toBe(true);
    splitter.push(Buffer.from("a"));
    expect(splitter.isEmpty).toBe(false);
    splitter.push(Buffer.from("\n"));
    splitter.next();
    expect(splitter.isEmpty).toBe(true);
  }, 1000);

  test("a line of the maximum with its end is taken, one byte more is not", async () => {
    expect(split([Buffer.from("1234567\n")], 8)).toEqual(["1234567"]);
    expect(split([Buffer.from("123456\r\n")], 8)).toEqual(["123456"]);
    expect(await catchFailure(() => split([Buffer.from("12345678\n")], 8))).toMatchObject({
      code: 500,
    });
    expect(await catchFailure(() => split([Buffer.from("1234567\r\n")], 8))).toMatchObject({
      code: 500,
    });
  }, 1000);

  test("a line is refused as soon as it must become too long, before its end has come", async () => {
    expect(split([Buffer.from("1234567")], 8)).toEqual([]);
    const failure = await catchFailure(() => split([Buffer.from("1234567"), Buffer.from("8")], 8));
    expect(failure).toMatchObject({ kind: "protocol", code: 500 });
    expect(failure.message).toBe("The line is longer than 8 bytes.");
  }, 1000);

  test("a too long line after a good one is refused, and the good one is still found", async () => {
    const splitter = new LineSplitter(8);
    splitter.push(Buffer.from("good\nmuch too long\n"));
    expect(Buffer.from(splitter.next() ?? []).toString()).toBe("good");
    expect(await catchFailure(() => splitter.next())).toMatchObject({ code: 500 });
  }, 1000);

  test("nothing is kept of a line that was refused", async () => {
    const splitter = new LineSplitter(8);
    splitter.push(Buffer.alloc(1024 * 1024, "x"));
    await catchFailure(() => splitter.next());
    expect(splitter.isEmpty).toBe(true);
  }, 1000);
});
