// Step 6: the client sends a command on P.

import { cases } from "./cases/step6.ts";
import { judge } from "./runner/bun-test.ts";

await judge(cases);
