// The lines are the same however the stream was cut, and no line is longer than the maximum.

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

  test("lines can also be read after the whole stream has come", () => {
    const splitter = new LineSplitter(100);
    for (const byte of Buffer.from("a\nb\r\nc")) splitter.push(Uint8Array.of(byte));
    expect(Buffer.from(splitter.next() ?? []).toString()).toBe("a");
    expect(Buffer.from(splitter.next() ?? []).toString()).toBe("b");
    expect(splitter.next()).toBeUndefined();
    expect(splitter.isEmpty).toBe(false);
  }, 1000);

  test("only one CR right before the LF belongs to the end of a line", () => {
    expect(split([Buffer.from("a\r\r\nb\n\rc\n\r\r\n")])).toEqual(["a\r", "b", "\rc", "\r"]);
  }, 1000);

  test("it is empty if there is no unfinished line, and only then", () => {
    const splitter = new LineSplitter(10);
    expect(splitter.isEmpty).toBe(true);
    splitter.push(Buffer.from("a"));
    expect(splitter.isEmpty).toBe(false);
    splitter.push(Buffer.from("\n"));
    splitter.next();
    expect(splitter.isEmpty).toBe(true);
  }, 1000);

  test("a line of the maximum length is accepted, and a longer one is not", async () => {
    expect(split([Buffer.from("1234567\n")], 8)).toEqual(["1234567"]);
    expect(split([Buffer.from("123456\r\n")], 8)).toEqual(["123456"]);
    expect(await catchFailure(() => split([Buffer.from("12345678\n")], 8))).toMatchObject({
      code: 500,
    });
    expect(await catchFailure(() => split([Buffer.from("1234567\r\n")], 8))).toMatchObject({
      code: 500,
    });
  }, 1000);

  test("a line that must become too long is refused before its end has come", async () => {
    expect(split([Buffer.from("1234567")], 8)).toEqual([]);
    const failure = await catchFailure(() => split([Buffer.from("1234567"), Buffer.from("8")], 8));
    expect(failure).toMatchObject({ kind: "protocol", code: 500 });
    expect(failure.message).toBe("The line is longer than 8 bytes.");
  }, 1000);

  test("a line that is too long is refused, and the good line before it is still read", async () => {
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
