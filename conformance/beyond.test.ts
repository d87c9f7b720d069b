// Beyond the assignment: these tests inform and never decide.

import { cases } from "./cases/beyond/server.ts";
import { cases as abuse } from "./cases/beyond/robustness.ts";
import { cases as client } from "./cases/beyond/client.ts";
import { judge } from "./runner/bun-test.ts";

await judge([...cases, ...abuse, ...client]);
