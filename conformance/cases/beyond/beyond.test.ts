// Beyond the assignment: these tests inform and never decide.

import { registerCases } from "../../runner/bun-test.ts";
import { PROBES } from "../all-cases.ts";

await registerCases(() => true, PROBES);
