// The reference client, unchanged.

import { startClient } from "../reference/client.ts";

export const role = "client";

if (import.meta.main) await startClient();
