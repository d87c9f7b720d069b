// Step 2: the server waits for a client.

import { registerCases } from "./runner/bun-test.ts";
import { stepOf } from "./spec/requirements.ts";

await registerCases(({ id }) => stepOf(id) === 2);
