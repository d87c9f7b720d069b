// Step 3: the client starts and validates its parameters.

import { cases } from "./cases/step3.ts";
import { judge } from "./judge.ts";

await judge(cases);
