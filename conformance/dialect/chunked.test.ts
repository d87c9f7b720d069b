// A payload in many pieces is read as it comes, and each of its bytes once.

import { expect, test } from "bun:test";
import { ChunkedReader } from "./chunked.ts";

const PIECES = Array.from({ length: 200 }, (_, at) => `piece ${at}`);
const ALL = Buffer.from(`${PIECES.map((text) => `${text.length}|${text}`).join("")}end`);

const reading = (): ChunkedReader =>
  new ChunkedReader({ on: "Q", frame: "pieces", piece: "{len-dec|:{data}}", end: "end" }, {});

test("cut anywhere, it comes to the same", () => {
  const whole = reading();
  whole.read(ALL, false);
  const cut = reading();
  for (let end = 1; end <= ALL.length; end++) cut.read(ALL.subarray(0, end), false);
  for (const each of [whole, cut]) {
    expect(each.whole).toBe(true);
    expect(each.used).toBe(ALL.length);
    expect(each.pieces).toBe(PIECES.length);
  }
  expect(cut.payload).toEqual(whole.payload);
});

test("what is understood is not read again for each piece that follows", () => {
  const reader = reading();
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
