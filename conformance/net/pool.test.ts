// The pool keeps its bound, and a task that mostly waits lets others in.

import { expect, test } from "bun:test";
import { Pool } from "./pool.ts";

const LIMIT = 5_000;

/** Tasks that run until they are told to end, and how many of them have begun. */
function makeTasks(count: number) {
  const ends = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const begun: number[] = [];
  const works = ends.map(
    ({ promise }, index) =>
      () => (begun.push(index), promise),
  );
  return { ends, begun, works };
}

test(
  "two slots run two tasks, in order, and the third when one has ended",
  async () => {
    const pool = new Pool(2);
    const { ends, begun, works } = makeTasks(3);
    const runs = works.map((work) => pool.run(work));
    await Bun.sleep(20);
    expect(begun).toEqual([0, 1]);
    ends[1]?.resolve();
    await runs[1];
    await Bun.sleep(0);
    expect(begun).toEqual([0, 1, 2]);
    for (const { resolve } of ends) resolve();
    await Promise.all(runs);
  },
  LIMIT,
);

test(
  "a task that takes long gives its slot away, but only so many do",
  async () => {
    const pool = new Pool(1, { after: 10, most: 2 });
    const { ends, begun, works } = makeTasks(4);
    const runs = works.map((work) => pool.run(work));
    while (begun.length < 3) await Bun.sleep(5);
    await Bun.sleep(50);
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.resolve();
    await runs[0];
    ends[2]?.resolve();
    await runs[2];
    await Bun.sleep(0);
    expect(begun).toEqual([0, 1, 2, 3]);
    for (const { resolve } of ends) resolve();
    await Promise.all(runs);
  },
  LIMIT,
);
