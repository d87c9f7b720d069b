// Beyond the assignment: these tests inform and never decide.

import { cases } from "./cases/beyond.ts";
import { cases as abuse } from "./cases/beyond-abuse.ts";
import { cases as client } from "./cases/beyond-client.ts";
import { judge } from "./judge.ts";

await judge([...cases, ...abuse, ...client]);
