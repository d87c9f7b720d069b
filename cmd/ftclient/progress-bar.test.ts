// The progress bar is never wider than the terminal: a line that wraps could not be drawn over.

import { expect, test } from "bun:test";
import { formatBytes } from "../cli/byte-size.ts";
import { formatProgress } from "./progress-bar.ts";

const MIB = 1024 * 1024;
const format = (name: string, width: number) =>
  formatProgress(name, 250 * MIB, 1000 * MIB, 50 * MIB, width);

test("a wide terminal shows name, bar, share, bytes, rate and time left", () => {
  expect(format("a.bin", 100)).toBe(
    "a.bin  [#####               ] 25 %  250.0 MiB of 1000.0 MiB  50.0 MiB/s  0:15 left",
  );
});

test("a narrow terminal shows no bar, and a narrower one not the end of the name", () => {
  expect(format("backup.tar", 70)).toBe(
    "backup.tar  25 %  250.0 MiB of 1000.0 MiB  50.0 MiB/s  0:15 left",
  );
  expect(format("backup.tar", 60)).toBe(
    "backu…  25 %  250.0 MiB of 1000.0 MiB  50.0 MiB/s  0:15 left",
  );
});

test.each(["a", "x".repeat(255), "漢字".repeat(40), "🙂".repeat(60), "e\u0301".repeat(100), ""])(
  "the line for %j is never wider than the terminal",
  (name) => {
    for (let width = 1; width < 200; width++) {
      expect(Bun.stringWidth(format(name, width))).toBeLessThanOrEqual(width);
    }
  },
);

test("an empty file and a transfer without bytes are drawn too", () => {
  expect(formatProgress("a", 0, 0, 0, 90)).toBe(
    "a  [####################] 100 %  0 B of 0 B  0 B/s  -:-- left",
  );
  expect(formatBytes(1536)).toBe("1.5 KiB");
});
