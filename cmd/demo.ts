// Shows the assignment from step 1 to step 9 on this machine, with real files: `bun run demo`.

import { runDemo } from "./demo/run-demo.ts";

process.exitCode = (await runDemo()) ? 0 : 1;
