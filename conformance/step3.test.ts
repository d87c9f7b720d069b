// Step 3: the client starts and validates its parameters.

import { cases } from "./cases/step3.ts";
import { judge } from "./runner/bun-test.ts";

await judge(cases);
