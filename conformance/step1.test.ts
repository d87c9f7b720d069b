// Step 1: the server starts and validates its parameters.

import { cases } from "./cases/step1.ts";
import { judge } from "./runner/bun-test.ts";

await judge(cases);
