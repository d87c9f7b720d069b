// The client's part of step 7, against a server that the suite plays.

import { cases } from "./cases/step7-client.ts";
import { judge } from "./runner/bun-test.ts";

await judge(cases);
