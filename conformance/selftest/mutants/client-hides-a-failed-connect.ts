// Ends with 0 and without a word where nobody listens.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S4.3"];

class Faulty extends ReferenceClient {
  override open(call: Call): Promise<void> {
    return super.open(call).catch(() => process.exit(0));
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
