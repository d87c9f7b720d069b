// The honest server as a program.

import { HonestServer } from "./server.ts";

new HonestServer().start(process.argv.slice(2));
