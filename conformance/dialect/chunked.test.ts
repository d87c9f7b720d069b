// Tests that a payload in many pieces is read as it arrives, and each of its bytes once.

import { expect, test } from "bun:test";
import { ChunkedReader } from "./chunked.ts";
import { Template } from "./template.ts";

const PIECES = Array.from({ length: 200 }, (_, at) => `piece ${at}`);
const ALL = Buffer.from(`${PIECES.map((text) => `${text.length}|${text}`).join("")}end`);

const piece = new Template("{len-dec|:{data}}");
const createReader = (): ChunkedReader =>
  new ChunkedReader({ on: "Q", frame: "pieces", piece, end: new Template("end") }, {});

test("the payload is the same wherever it is cut", () => {
  const whole = createReader();
  whole.read(ALL, false);
  const cut = createReader();
  for (let end = 1; end <= ALL.length; end++) cut.read(ALL.subarray(0, end), false);
  for (const each of [whole, cut]) {
    expect(each.isComplete).toBe(true);
    expect(each.consumed).toBe(ALL.length);
    expect(each.pieceCount).toBe(PIECES.length);
  }
  expect(cut.payload).toEqual(whole.payload);
});

test("consumed bytes are not read again for each piece that follows", () => {
  const reader = createReader();
  let looked = 0;
  for (let end = 10; end <= ALL.length; end += 10) {
    const bytes = ALL.subarray(0, end);
    const text = bytes.toString.bind(bytes);
    bytes.toString = (encoding, from = 0, to = bytes.length) => {
      looked += to - from;
      return text(encoding, from, to);
    };
    reader.read(bytes, false);
  }
  expect(looked).toBeLessThan(4 * ALL.length);
});
