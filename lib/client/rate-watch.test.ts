// A server that sends less than the lowest rate is noticed; one that we hold back ourselves is not.

import { expect, test } from "bun:test";
import { RateWatch } from "./rate-watch.ts";
import { SOON, waitUntil } from "../testing/testing.ts";

const LIMIT = 10_000;
const TIME = 200;

/** 100 bytes a second make 20 bytes in 200 ms. */
const ENOUGH = 20;

test(
  "too few bytes are reported once, with their number",
  async () => {
    const slow: number[] = [];
    using rate = new RateWatch(TIME, (bytes) => slow.push(bytes));
    rate.add(ENOUGH - 1);
    await waitUntil(() => slow.length > 0, "the report");
    expect(slow).toEqual([ENOUGH - 1]);
    await Bun.sleep(TIME);
    expect(slow).toHaveLength(1);
  },
  LIMIT,
);

test(
  "enough bytes are not reported, however they are spread, until they stop",
  async () => {
    let slow = 0;
    using rate = new RateWatch(TIME, () => slow++);
    for (let round = 0; round < 10; round++) {
      rate.add(ENOUGH * 4);
      await Bun.sleep(TIME / 4);
    }
    expect(slow).toBe(0);
    await waitUntil(() => slow === 1, "the report after the last byte", SOON);
  },
  LIMIT,
);

test(
  "time in which our own end takes nothing does not count",
  async () => {
    let slow = 0;
    using rate = new RateWatch(TIME, () => slow++);
    await rate.holdDuring(Bun.sleep(TIME * 3));
    expect(slow).toBe(0);
    await waitUntil(() => slow === 1, "the report afterwards", SOON);
  },
  LIMIT,
);
