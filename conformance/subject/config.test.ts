// There is something to judge: subjects that cannot run, or nothing selected, must not look like success.

import { test } from "bun:test";
import { bench } from "./config.ts";
import { inapplicable } from "../harness/test-case.ts";
import { CASES } from "../cases/all-cases.ts";
import { chosen } from "../runner/bun-test.ts";
import { TEST_LIMIT } from "../spec/timeouts.ts";
import { proven } from "../runner/preflight.ts";
import { NoVerdict } from "../spec/verdict.ts";

const bed = await bench();

test(
  "at least one rule can be judged",
  () => {
    const asked = CASES.filter(({ id }) => chosen(id));
    const possible = asked.filter((one) => inapplicable(one, bed) === undefined);
    if (possible.length > 0) return;
    const why = asked[0] ? inapplicable(asked[0], bed) : "FT_ONLY selects nothing";
    throw new NoVerdict(`none of ${asked.length} cases can be judged: ${why}`);
  },
  TEST_LIMIT,
);

for (const role of ["server", "client"] as const) {
  const subject = bed[role];
  const name = `the ${role} can be run: ${subject}`;
  test.skipIf(!subject)(name, () => proven("", bed, role), TEST_LIMIT);
}
