// There is something to judge: subjects that cannot run, or nothing selected, must not look like success.

import { test } from "bun:test";
import { configFromEnvironment } from "./config.ts";
import { whyNotApplicable } from "../harness/test-case.ts";
import { CASES } from "../cases/all-cases.ts";
import { chosen } from "../runner/bun-test.ts";
import { TEST_LIMIT } from "../spec/timeouts.ts";
import { preflight } from "../runner/preflight.ts";
import { Inconclusive } from "../spec/verdict.ts";

const bed = await configFromEnvironment();

test(
  "at least one rule can be judged",
  () => {
    const asked = CASES.filter(({ id }) => chosen(id));
    const possible = asked.filter((one) => whyNotApplicable(one, bed) === undefined);
    if (possible.length > 0) return;
    const why = asked[0] ? whyNotApplicable(asked[0], bed) : "FT_ONLY selects nothing";
    throw new Inconclusive(`none of ${asked.length} cases can be judged: ${why}`);
  },
  TEST_LIMIT,
);

for (const role of ["server", "client"] as const) {
  const subject = bed[role];
  const name = `the ${role} can be run: ${subject}`;
  test.skipIf(!subject)(name, () => preflight("", bed, role), TEST_LIMIT);
}
