// The honest client as it is.

import { HonestClient } from "../reference/client.ts";

export const role = "client";

if (import.meta.main) await new HonestClient().main(process.argv.slice(2));
