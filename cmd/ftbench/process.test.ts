// Whole processes: their time and memory, and the messages about those that fail.

import { expect, test } from "bun:test";
import { type Bounds, measureCost, measurePeakMemory } from "./process.ts";

const LIMIT = 10_000;
const MIB = 1024 * 1024;

const bounds = (timeout: number): Bounds => ({ timeout, signal: new AbortController().signal });
const bun = (script: string) => [process.execPath, "-e", script];

test(
  "time and processor time are those of the child",
  async () => {
    const cost = await measureCost(bun("await Bun.sleep(300)"), "/dev/null", bounds(5));
    expect(cost.seconds).toBeGreaterThan(0.3);
    expect(cost.cpu).toBeGreaterThan(0);
    expect(cost.cpu).toBeLessThan(cost.seconds);
  },
  LIMIT,
);

test(
  "memory is that of the child, and not of its parent",
  async () => {
    const ballast = Buffer.alloc(200 * MIB, 1);
    const small = await measurePeakMemory(["sleep", "0.2"], "/dev/null", bounds(5));
    expect(small).toBeGreaterThan(0);
    expect(small).toBeLessThan(20 * MIB);
    expect(ballast.length).toBe(200 * MIB);
    const large = await measurePeakMemory(
      bun(`Buffer.alloc(${100 * MIB}, 1); await Bun.sleep(100)`),
      "/dev/null",
      bounds(5),
    );
    expect(large).toBeGreaterThan(100 * MIB);
  },
  LIMIT,
);

test(
  "a program that fails, hangs or does not exist is reported in a sentence",
  async () => {
    const failing = measureCost(
      bun("console.error('no such file'); process.exit(9)"),
      "/dev/null",
      bounds(5),
    );
    expect(failing).rejects.toThrow("it ended with status 9: no such file");
    const hanging = measureCost(["sleep", "9"], "/dev/null", bounds(0.2));
    expect(hanging).rejects.toThrow("it did not end within 0.2 s.");
    const missing = measureCost(["ftbench-no-such-program"], "/dev/null", bounds(5));
    expect(missing).rejects.toThrow("ftbench-no-such-program cannot be started: is it installed?");
    await Promise.allSettled([failing, hanging, missing]);
  },
  LIMIT,
);
