// Sends its option before it checks the certificate.

import type { TLSSocket } from "node:tls";
import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ClientControl {
  override trusts(tls: TLSSocket, host: string): boolean {
    tls.write("HASH\n");
    return super.trusts(tls, host);
  }

  override async requestHash(): Promise<void> {
    if (this.isSecure) await this.readReply();
    else await super.requestHash();
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
