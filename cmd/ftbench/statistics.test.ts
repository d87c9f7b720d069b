// Quantiles and ratios of numbers that can be checked by hand.

import { expect, test } from "bun:test";
import { getMedian, getPairedRatio, getQuantile, getSpread } from "./statistics.ts";

const LIMIT = 5000;

test(
  "a quantile is interpolated between two values",
  () => {
    expect(getMedian([3, 1, 2])).toBe(2);
    expect(getMedian([4, 1, 3, 2])).toBe(2.5);
    expect(getQuantile([0, 10], 0.99)).toBeCloseTo(9.9);
    expect(getMedian([])).toBeNaN();
  },
  LIMIT,
);

test(
  "the spread is the distance of the quartiles over the median",
  () => expect(getSpread([1, 2, 3, 4, 5])).toBeCloseTo(2 / 3),
  LIMIT,
);

test(
  "a ratio does not change if both runs of a pair are slow",
  () => expect(getPairedRatio([2, 20, 2], [1, 10, 1])).toBe(2),
  LIMIT,
);
