// Sends its option while the certificate is still to be looked at.

import type { TLSSocket } from "node:tls";
import { type Call, ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ReferenceClient {
  override believes(tls: TLSSocket, host: string): boolean {
    tls.write("HASH\n");
    return super.believes(tls, host);
  }

  override async options({ command }: Call): Promise<void> {
    if (this.ca === undefined) return super.options({ command } as Call);
    await this.reply();
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
