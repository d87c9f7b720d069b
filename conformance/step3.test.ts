// Step 3: the client starts and validates its parameters.

import { registerCases } from "./runner/bun-test.ts";
import { stepOf } from "./spec/requirements.ts";

await registerCases(({ id }) => stepOf(id) === 3);
