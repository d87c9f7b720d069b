// Ends its command with CR LF.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const native = false;

class Odd extends ReferenceClient {
  override request(call: Call): string {
    return super.request(call).replace("\n", "\r\n");
  }
}

if (import.meta.main) await new Odd().main(process.argv.slice(2));
