// Tests that TLS records are followed without a key: foreign bytes are noticed, and an end without an alert.

import { describe, expect, test } from "bun:test";
import { TlsRecords } from "./tls-records.ts";

const QUICK = 5_000;
const record = (type: number, length: number): number[] => [
  type,
  3,
  3,
  length >> 8,
  length & 255,
  ...Array.from({ length }, () => 0x41),
];
const HELLO = record(22, 300);
const DATA = record(23, 1_000);
const ALERT = record(23, 19);

function readPieces(bytes: readonly number[], piece: number): TlsRecords {
  const records = new TlsRecords();
  for (let at = 0; at < bytes.length; at += piece)
    records.read(Uint8Array.from(bytes.slice(at, at + piece)));
  return records;
}

describe("records", () => {
  test.each([1, 7, 24, 5_000])(
    "in pieces of %i",
    (piece) => {
      const endsWithAlert = (...parts: number[][]): boolean =>
        readPieces(parts.flat(), piece).endsWithAlert;
      expect(endsWithAlert(HELLO, DATA, ALERT)).toBe(true);
      expect(endsWithAlert(HELLO, DATA)).toBe(false);
      expect(endsWithAlert(HELLO, DATA, ALERT.slice(0, -1))).toBe(false);
      expect(endsWithAlert(HELLO, ALERT, DATA)).toBe(false);
      expect(readPieces([...HELLO, ...DATA], piece).isForeign).toBe(false);
      expect(readPieces([...Buffer.from("220 welcome\n"), ...HELLO], piece).isForeign).toBe(true);
      expect(readPieces([...HELLO, ...Buffer.from("150 a file\n")], piece).isForeign).toBe(true);
    },
    QUICK,
  );
});
