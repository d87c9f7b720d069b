// Step 7: the server carries the command out.

import { registerCases } from "./runner/bun-test.ts";
import { stepOf } from "./spec/requirements.ts";

await registerCases(({ id }) => stepOf(id) === 7);
