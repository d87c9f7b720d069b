// Step 5: the server waits for a command on P.

import { cases } from "./cases/step5.ts";
import { judge } from "./runner/bun-test.ts";

await judge(cases);
