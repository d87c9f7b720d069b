// Step 4: the two establish P.

import { cases } from "./cases/step4.ts";
import { judge } from "./runner/bun-test.ts";

await judge(cases);
