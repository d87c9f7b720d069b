// Ends its lines with CR LF.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.1", "N6.4", "N6.5"];

class Faulty extends ReferenceClient {
  override request(call: Call): string {
    return super.request(call).replace("\n", "\r\n");
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
