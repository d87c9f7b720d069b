// What a timeline keeps of what happens: lines, floods, and the order that can be known.

import { expect, test } from "bun:test";
import { Timeline } from "./timeline.ts";

const QUICK = 5_000; // nothing here waits

const print = (timeline: Timeline, text: string): void =>
  timeline.markData("subject", "subject", "stdout", Buffer.from(text));

test(
  "a line that a program prints in many pieces is one moment",
  () => {
    const timeline = new Timeline();
    for (const piece of "ready on port 30021\nbye") print(timeline, piece);
    expect(timeline.moments.map(({ text, bytes }) => [text, bytes])).toEqual([
      ['"ready on port 30021\\n"', 20],
      ['"bye"', 3],
    ]);
  },
  QUICK,
);

test(
  "of a program that prints without end, the last words are shown",
  () => {
    const timeline = new Timeline();
    for (let at = 0; at < 500; at++) print(timeline, `line ${at}\n`);
    expect(timeline.moments.length).toBeLessThan(10);
    expect(timeline.moments.at(-1)?.text).toStartWith("at last ");
    expect(timeline.moments.at(-1)?.text).toEndWith('line 499\\n"');
  },
  QUICK,
);

test(
  "a flood of small segments is folded into one moment that counts them",
  () => {
    const timeline = new Timeline();
    for (let at = 0; at < 2_000; at++) timeline.markData("Q", "subject", "data", Buffer.from("ab"));
    expect(timeline.moments.length).toBeLessThan(10);
    expect(timeline.moments.at(-1)).toMatchObject({ bytes: 3_990 });
    expect(timeline.moments.at(-1)?.text).toEndWith("bytes more, in 1995 pieces");
    timeline.mark("P", "suite", "FIN");
    timeline.markData("Q", "subject", "data", Buffer.from("c"));
    expect(timeline.moments.at(-1)?.text).toBe('"c"');
  },
  QUICK,
);

test(
  "what the kernel reports of several tracks in one turn is marked as simultaneous",
  async () => {
    const timeline = new Timeline();
    timeline.mark("Q", "subject", "FIN");
    timeline.mark("Q", "suite", "FIN");
    timeline.markData("P", "subject", "data", Buffer.from("226\n"));
    await new Promise((resolve) => setImmediate(resolve));
    timeline.mark("subject", "subject", "exit");
    const marks = timeline.moments.map(({ isSimultaneous = false }) => isSimultaneous);
    expect(marks).toEqual([false, false, true, false]);
    expect(String(timeline).split("\n")[2]).toMatch(/^= +\d+\.\d ms {2}P <- /);
  },
  QUICK,
);
