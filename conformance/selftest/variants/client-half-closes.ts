// Ends its direction of P behind its command.

import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";

class Odd extends ReferenceClient {
  override async command(call: Call): Promise<void> {
    // Within TLS the runtime would close both directions.
    if (this.ca !== undefined) return super.command(call);
    this.p.end(this.request(call));
  }
}

if (import.meta.main) await new Odd().main(process.argv.slice(2));
