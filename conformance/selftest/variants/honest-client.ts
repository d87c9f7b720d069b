// The honest client as it is.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";

if (import.meta.main) await new ReferenceClient().main(process.argv.slice(2));
