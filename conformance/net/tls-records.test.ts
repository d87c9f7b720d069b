// TLS records followed without a key: what is none is noticed, and so is an end that TLS has not announced.

import { expect, test } from "bun:test";
import { brief } from "../runner/suite-selection.ts";
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

function seen(bytes: readonly number[], piece: number): TlsRecords {
  const records = new TlsRecords();
  for (let at = 0; at < bytes.length; at += piece)
    records.read(Uint8Array.from(bytes.slice(at, at + piece)));
  return records;
}

brief("records", () => {
  test.each([1, 7, 24, 5_000])(
    "in pieces of %i",
    (piece) => {
      const notified = (...parts: number[][]): boolean => seen(parts.flat(), piece).endsWithAlert;
      expect(notified(HELLO, DATA, ALERT)).toBe(true);
      expect(notified(HELLO, DATA)).toBe(false);
      expect(notified(HELLO, DATA, ALERT.slice(0, -1))).toBe(false);
      expect(notified(HELLO, ALERT, DATA)).toBe(false);
      expect(seen([...HELLO, ...DATA], piece).isForeign).toBe(false);
      expect(seen([...Buffer.from("220 welcome\n"), ...HELLO], piece).isForeign).toBe(true);
      expect(seen([...HELLO, ...Buffer.from("150 a file\n")], piece).isForeign).toBe(true);
    },
    QUICK,
  );
});
