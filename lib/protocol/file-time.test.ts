// A time is read as what was written, and what is not a time is refused.

import { expect, test } from "bun:test";
import { formatFileTime, parseFileTime } from "./file-time.ts";

test.each([
  [0, "19700101000000.000"],
  [Date.UTC(2026, 10, 26, 22, 9, 14, 123), "20261126220914.123"],
  [Date.UTC(2024, 1, 29), "20240229000000.000"],
  [Date.UTC(1901, 0, 1), "19010101000000.000"],
])("%d is %s", (ms, text) => {
  expect(formatFileTime(ms)).toBe(text);
  expect(parseFileTime(text)).toBe(ms);
});

test("a time need not have a fraction, and one of nanoseconds is cut", () => {
  expect(parseFileTime("20261126220914")).toBe(Date.UTC(2026, 10, 26, 22, 9, 14));
  expect(parseFileTime("20261126220914.987654321")).toBe(Date.UTC(2026, 10, 26, 22, 9, 14, 987));
});

test.each([
  ...["", "x", "2026", "20261326000000", "20260231000000", "20261126250000", "20261126220914."],
  ...["-0261126220914", "20261126220914.1234567890", " 20261126220914", "20261126220960"],
])("%j is not a time", (text) => {
  expect(parseFileTime(text)).toBeUndefined();
});

test.each([Number.NaN, Infinity, 9e15, -9e13, 253_402_300_800_000])("%d is not written", (ms) => {
  expect(formatFileTime(ms)).toBeUndefined();
});
