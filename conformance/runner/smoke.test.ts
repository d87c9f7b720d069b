// The smoke test begins first, and names rules that have cases.

import { expect, test } from "bun:test";
import { CASES } from "../cases/all-cases.ts";
import { SMOKE_TESTS, sortCases } from "./smoke.ts";

const QUICK = 2_000; // these look at data and nothing else

test(
  "one case of each rule of the smoke test begins before all others, then those that wait long",
  () => {
    const ids = Object.values(SMOKE_TESTS).flatMap((tests) => tests.map(({ id }) => id));
    const sorted = sortCases(CASES);
    expect(
      sorted
        .slice(0, ids.length)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids.toSorted());
    const waits = sorted.slice(ids.length).map(({ isLong }) => isLong);
    expect(waits).toEqual(waits.toSorted((a, b) => Number(b) - Number(a)));
    expect(sorted).toHaveLength(CASES.length);
  },
  QUICK,
);
