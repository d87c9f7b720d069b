// The honest server as it is.

import { HonestServer } from "../reference/server.ts";

export const role = "server";

if (import.meta.main) new HonestServer().start(process.argv.slice(2));
