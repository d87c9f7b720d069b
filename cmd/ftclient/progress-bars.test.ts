// The lines of the bars fit the terminal, and each keeps the name of its file.

import { expect, test } from "bun:test";
import { formatFile, formatTotal } from "./progress-bars.ts";

const HALF = { bytes: 512 * 1024, total: 1024 * 1024 };

test("a wide line is that of a single file, and a narrow one keeps name, share and rate", () => {
  expect(formatFile("a.bin", HALF, 1024, 99)).toContain("a.bin  [##########          ] 50 %");
  expect(formatFile("a.bin", HALF, 1024, 39)).toBe("a.bin  50 %  1.0 KiB/s");
  expect(formatFile("a".repeat(60), HALF, 1024, 39)).toBe(`${"a".repeat(21)}…  50 %  1.0 KiB/s`);
});

test.each([200, 79, 39, 20, 5])("no line is wider than %d columns", (width) => {
  const lines = [
    formatFile("漢字".repeat(40), HALF, 1024, width),
    formatTotal(1, 3, 1e9, 1, width),
  ];
  for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width);
});

test("the line for all counts files", () => {
  const line = formatTotal(1, 4, 1024, 2, 99);
  expect(line).toBe(`[#####${" ".repeat(15)}] 1 of 4 files  1.0 KiB  512 B/s  0:06 left`);
});
