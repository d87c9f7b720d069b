// Step 6: the client sends a command on P.

import { registerCases } from "./runner/bun-test.ts";
import { stepOf } from "./spec/requirements.ts";

await registerCases(({ id }) => stepOf(id) === 6);
