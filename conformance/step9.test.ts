// Step 9: the server goes on with the next client, until SIGINT.

import { cases } from "./cases/step9.ts";
import { cases as end } from "./cases/step9-sigint.ts";
import { judge } from "./runner/bun-test.ts";

await judge([...cases, ...end]);
