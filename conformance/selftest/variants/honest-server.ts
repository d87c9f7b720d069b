// The honest server as it is.

import { ReferenceServer } from "../reference/server.ts";

export const role = "server";

if (import.meta.main) new ReferenceServer().start(process.argv.slice(2));
