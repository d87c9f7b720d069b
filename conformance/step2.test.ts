// Step 2: the server waits for a client.

import { cases } from "./cases/step2.ts";
import { judge } from "./runner/bun-test.ts";

await judge(cases);
