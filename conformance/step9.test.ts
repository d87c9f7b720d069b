// Step 9: the server goes on with the next client, until SIGINT.

import { registerCases } from "./runner/bun-test.ts";
import { stepOf } from "./spec/requirements.ts";

await registerCases(({ id }) => stepOf(id) === 9);
