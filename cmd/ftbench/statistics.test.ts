// Quantiles and ratios, on numbers that can be checked by hand.

import { expect, test } from "bun:test";
import { median, pairedRatio, quantile, spread } from "./statistics.ts";

const LIMIT = 5000;

test(
  "quantiles lie between the values in proportion",
  () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(quantile([0, 10], 0.99)).toBeCloseTo(9.9);
    expect(median([])).toBeNaN();
  },
  LIMIT,
);

test(
  "the spread is the middle half over the median",
  () => expect(spread([1, 2, 3, 4, 5])).toBeCloseTo(2 / 3),
  LIMIT,
);

test(
  "a slow minute that met both of a pair does not show in the ratio",
  () => expect(pairedRatio([2, 20, 2], [1, 10, 1])).toBe(2),
  LIMIT,
);
