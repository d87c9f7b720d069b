// The progress line fits the terminal, whatever the name is made of: one that wraps could not be drawn over.

import { expect, test } from "bun:test";
import { line, size } from "./progress.ts";

const MIB = 1024 * 1024;
const draw = (name: string, width: number) => line(name, 250 * MIB, 1000 * MIB, 50 * MIB, width);

test("name, bar, share, bytes, rate and time left, where there is room", () => {
  expect(draw("a.bin", 100)).toBe(
    "a.bin  [#####               ] 25 %  250.0 MiB of 1000.0 MiB  50.0 MiB/s  0:15 left",
  );
});

test("on a narrow terminal the bar goes first, then the end of the name", () => {
  expect(draw("backup.tar", 70)).toBe(
    "backup.tar  25 %  250.0 MiB of 1000.0 MiB  50.0 MiB/s  0:15 left",
  );
  expect(draw("backup.tar", 60)).toBe(
    "backu…  25 %  250.0 MiB of 1000.0 MiB  50.0 MiB/s  0:15 left",
  );
});

test.each(["a", "x".repeat(255), "漢字".repeat(40), "🙂".repeat(60), "e\u0301".repeat(100), ""])(
  "the line for %j is never wider than the terminal",
  (name) => {
    for (let width = 1; width < 200; width++) {
      expect(Bun.stringWidth(draw(name, width))).toBeLessThanOrEqual(width);
    }
  },
);

test("an empty file, and a transfer that has not moved yet, are drawn too", () => {
  expect(line("a", 0, 0, 0, 90)).toBe(
    "a  [####################] 100 %  0 B of 0 B  0 B/s  -:-- left",
  );
  expect(size(1536)).toBe("1.5 KiB");
});
