// Every item is worked on once, by no more jobs than there may be, and by more only while that helps.

import { expect, test } from "bun:test";
import { JobPool } from "./job-pool.ts";

/** Runs `count` items, and returns which were done and how many at most at one time. */
async function runItems(
  count: number,
  work: (item: number, pool: JobPool<number>) => Promise<boolean>,
  jobs?: number,
  most = 32,
) {
  const done: number[] = [];
  let highest = 0;
  const pool: JobPool<number> = new JobPool(
    Array.from({ length: count }, (_, index) => index).values(),
    async (item) => {
      highest = Math.max(highest, pool.running);
      const isDone = await work(item, pool);
      if (isDone) done.push(item);
      return isDone;
    },
    jobs,
    most,
  );
  await pool.run();
  return { done: done.toSorted((a, b) => a - b), highest };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

test("as many items are worked on at one time as there are jobs", async () => {
  const wait = () => Bun.sleep(1).then(() => true);
  expect(await runItems(20, wait, 3)).toEqual({ done: numbers(20), highest: 3 });
  expect(await runItems(2, wait, 3)).toEqual({ done: numbers(2), highest: 2 });
  expect(await runItems(0, wait, 3)).toEqual({ done: [], highest: 0 });
});

test("items that mostly wait get more jobs, up to a limit", async () => {
  const wait = () => Bun.sleep(20).then(() => true);
  const waiting = await runItems(400, wait, undefined, 12);
  expect(waiting).toEqual({ done: numbers(400), highest: 12 });
}, 20_000);

test("an item for which there was no room is worked on again, by fewer jobs", async () => {
  let refusals = 0;
  const work = async (_: number, pool: JobPool<number>) => {
    const isTooMany = pool.running > 2;
    await Bun.sleep(1);
    if (isTooMany) refusals++;
    return !isTooMany;
  };
  expect((await runItems(50, work, 8)).done).toEqual(numbers(50));
  expect(refusals).toBeGreaterThan(0);
  expect(refusals).toBeLessThan(20);
});

test("after a stop no item is begun", async () => {
  const work = async (item: number, pool: JobPool<number>) => {
    if (item === 3) pool.stop();
    return true;
  };
  expect((await runItems(50, work, 1)).done).toEqual(numbers(4));
});
