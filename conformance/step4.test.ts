// Step 4: the two establish P.

import { cases } from "./cases/step4.ts";
import { judge } from "./judge.ts";

await judge(cases);
