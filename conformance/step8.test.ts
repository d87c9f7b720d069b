// Step 8: the client closes P and terminates.

import { cases } from "./cases/step8.ts";
import { judge } from "./judge.ts";

await judge(cases);
