// The demo shows every step of the assignment, and each of its checks holds.

import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { runProgram, TestServer } from "../testing/testing.ts";

/** The steps that a heading such as `Steps 3 to 6: …; step 7: …` names. */
function listSteps(text: string): number[] {
  return [...text.matchAll(/\bsteps? ([1-9])(?: (?:to|and) ([1-9]))?:/gi)].flatMap(
    ([, first, last = first]) => {
      const steps = Number(last) - Number(first) + 1;
      return Array.from({ length: steps }, (_, index) => Number(first) + index);
    },
  );
}

test("the demo shows steps 1 to 9, all of it works, and nothing is left", async () => {
  await using files = new TestServer();
  const temporary = files.createDirectory("tmp");
  const { exit, stdout } = await runProgram("demo", [], { env: { TMPDIR: temporary } });
  expect(stdout).toContain("All of it worked.");
  expect(exit).toBe(0);
  expect(listSteps(stdout)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(readdirSync(temporary)).toEqual([]);
}, 30_000);
