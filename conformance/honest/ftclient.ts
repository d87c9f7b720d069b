// The honest client as a program.

import { HonestClient } from "./client.ts";

await new HonestClient().main(process.argv.slice(2));
