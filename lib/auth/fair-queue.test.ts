// Jobs run one at a time; a source that floods the queue waits for the others, and the queue is bounded.

import { expect, jest, test } from "bun:test";
import { catchFailure } from "../testing/testing.ts";
import { FairQueue } from "./fair-queue.ts";

const HERE = "192.0.2.7";
const LIMIT = 10_000;

/** A queue whose first job runs until `release` is called; `order` has the names of the others that have run. */
function startQueue() {
  const queue = new FairQueue();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = queue.run("first", 0, () => gate.promise);
  const add = (source: string, name = source, rank = 0) =>
    queue.run(source, rank, async () => void order.push(name));
  return { order, add, release: () => (gate.resolve(), first) };
}

test(
  "a job's result or error is that of `run`, and the next one runs after an error",
  async () => {
    const queue = new FairQueue();
    const failed = queue.run(HERE, 0, () => Promise.reject(new Error("no")));
    const next = queue.run(HERE, 0, async () => 7);
    expect((await catchFailure(failed)).message).toBe("no");
    expect(await next).toBe(7);
  },
  LIMIT,
);

test(
  "sources take turns, and the newest job of a source goes first",
  async () => {
    const { add, order, release } = startQueue();
    const jobs = ["a1", "a2", "a3", "b1", "b2", "c1"].map((name) => add(name[0] ?? "", name));
    await release();
    await Promise.all(jobs);
    expect(order).toEqual(["c1", "b2", "a3", "b1", "a2", "a1"]);
  },
  LIMIT,
);

test(
  "a newcomer goes before a thousand sources that wait, and before one of a higher rank that came later",
  async () => {
    const { add, order, release } = startQueue();
    const flood = Array.from({ length: 1000 }, (_, index) => add(`source${index}`));
    const good = add("good");
    const guessers = Array.from({ length: 100 }, (_, index) =>
      add(`guesser${index}`, "guesser", 1),
    );
    await release();
    await good;
    expect(order).toEqual(["good"]);
    await Promise.all([...flood, ...guessers]);
    expect(order.indexOf("guesser")).toBe(1001);
  },
  LIMIT,
);

test(
  "if too many wait from one source, its oldest is refused with 421",
  async () => {
    const { add, release } = startQueue();
    const jobs = Array.from({ length: 65 }, () => add(HERE));
    expect(await catchFailure(jobs[0] as Promise<void>)).toMatchObject({
      code: 421,
      message: "Too many logins at once: try again later.",
    });
    await release();
    await Promise.all(jobs.slice(1));
  },
  LIMIT,
);

test(
  "if too many wait in all, one of the highest rank is refused, and not the newcomer",
  async () => {
    const { add, order, release } = startQueue();
    const guesser = add("guesser", "guesser", 5);
    const flood = Array.from({ length: 1999 }, (_, index) => add(`source${index}`));
    const good = add("good");
    expect(await catchFailure(guesser)).toMatchObject({ code: 421 });
    await release();
    await Promise.all([...flood, good]);
    expect(order[0]).toBe("good");
  },
  LIMIT,
);

test("a job that has waited for 30 s is refused", async () => {
  jest.useFakeTimers();
  try {
    const { add, order, release } = startQueue();
    const late = catchFailure(add(HERE));
    jest.advanceTimersByTime(30_000);
    expect(await late).toMatchObject({ code: 421 });
    await release();
    expect(order).toEqual([]);
  } finally {
    jest.useRealTimers();
  }
}, 10_000);
