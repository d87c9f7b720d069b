import { expect, test } from "bun:test";
import { isHandshake, RecordHeaders } from "./record-headers.ts";

const HELLO = Buffer.from([22, 3, 1, 0, 3, 1, 2, 3]);
const DATA = Buffer.from([23, 3, 3, 0, 20, ...Buffer.alloc(20)]);
const ALERT = Buffer.from([23, 3, 3, 0, 19, ...Buffer.alloc(19)]);

function read(...pieces: Uint8Array[]): RecordHeaders {
  const records = new RecordHeaders();
  for (const piece of pieces) records.push(piece);
  return records;
}

test.each([
  ["an alert", [HELLO, DATA, ALERT], true],
  ["nothing", [], false],
  ["a handshake", [HELLO], false],
  ["data", [HELLO, ALERT, DATA], false],
  ["an incomplete alert", [HELLO, ALERT.subarray(0, -1)], false],
  ["the header of an alert", [ALERT.subarray(0, 5)], false],
  ["an alert and a byte more", [ALERT, DATA.subarray(0, 1)], false],
  ["an alert in the clear", [Buffer.from([21, 3, 3, 0, 2, 1, 0])], false],
])("after %s: endsWithAlert is right, however the bytes are split", (_, pieces, closed) => {
  expect(read(...pieces).endsWithAlert).toBe(closed);
  const bytes = Buffer.concat(pieces);
  expect(read(bytes).endsWithAlert).toBe(closed);
  expect(read(...[...bytes].map((byte) => Uint8Array.of(byte))).endsWithAlert).toBe(closed);
});

test("plainText is what a peer without TLS sends, up to a limit", () => {
  expect(read().plainText).toBeUndefined();
  expect(read(HELLO).plainText).toBeUndefined();
  expect(read(Buffer.from([21, 3])).plainText).toBeUndefined();
  expect(read(Buffer.from("500 "), Buffer.from("no\n")).plainText).toBe("500 no\n");
  expect(read(Buffer.alloc(400, "x"), Buffer.alloc(400, "x")).plainText).toHaveLength(512);
});

test("isHandshake is true only for a handshake record", () => {
  expect(isHandshake(HELLO)).toBe(true);
  for (const text of ["", "-l 1", "\x15", "\x17", "\x80"]) {
    expect(isHandshake(Buffer.from(text, "latin1"))).toBe(false);
  }
});
