// Step 7: the server carries the command out.

import { cases as commands } from "./cases/step7-command.ts";
import { cases as contents } from "./cases/step7-contents.ts";
import { cases as errors } from "./cases/step7-error.ts";
import { judge } from "./runner/bun-test.ts";

await judge([...commands, ...contents, ...errors]);
