// Beyond the assignment: these tests inform and never decide.

import { cases } from "./cases/beyond.ts";
import { judge } from "./judge.ts";

await judge(cases);
