// There is something to judge: subjects that cannot run, or nothing selected, must not look like success.

import { test } from "bun:test";
import { bench } from "./bench.ts";
import { inapplicable } from "./case.ts";
import { CASES } from "./catalogue.ts";
import { chosen } from "./judge.ts";
import { TEST_LIMIT } from "./patience.ts";
import { proven } from "./proof.ts";
import { NoVerdict } from "./verdict.ts";

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
