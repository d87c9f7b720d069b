// Step 1: the server starts and validates its parameters.

import { cases } from "./cases/step1.ts";
import { judge } from "./judge.ts";

await judge(cases);
