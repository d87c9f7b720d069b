// The reference server, unchanged.

import { startServer } from "../reference/server.ts";

export const role = "server";

if (import.meta.main) startServer();
