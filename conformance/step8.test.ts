// Step 8: the client closes P and terminates.

import { cases } from "./cases/step8.ts";
import { judge } from "./runner/bun-test.ts";

await judge(cases);
