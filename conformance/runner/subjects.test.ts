// There is something to test: subjects that do not run, or a selection of nothing, must not look like success.

import { test } from "bun:test";
import { CASES, PROBES } from "../cases/all-cases.ts";
import { whyNotApplicable } from "../harness/test-case.ts";
import { Inconclusive } from "../spec/verdict.ts";
import { configFromEnvironment } from "../subject/config.ts";
import { isSelected, ROLES } from "../subject/options.ts";
import { preflight } from "./preflight.ts";

const config = await configFromEnvironment();
const { timeouts } = config;

test(
  "at least one rule can be tested",
  () => {
    const selected = [...CASES, ...PROBES].filter(({ id }) => isSelected(id, config.only));
    const possible = selected.filter((one) => whyNotApplicable(one, config) === undefined);
    if (possible.length > 0) return;
    const why = selected[0] ? whyNotApplicable(selected[0], config) : "FT_ONLY selects nothing";
    throw new Inconclusive(`none of ${selected.length} cases can be tested: ${why}`);
  },
  timeouts.case,
);

for (const role of ROLES) {
  const subject = config[role];
  const name = `the ${role} runs: ${subject}`;
  test.skipIf(!subject)(name, () => preflight({ id: "", role }, config), timeouts.case);
}
