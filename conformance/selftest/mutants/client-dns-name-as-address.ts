// Accepts a certificate for an address if the address stands in it as a DNS name.

import type { TLSSocket } from "node:tls";
import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ClientControl {
  override trusts(tls: TLSSocket, host: string): boolean {
    const { subjectaltname = "" } = tls.getPeerCertificate();
    return super.trusts(tls, host) || (tls.authorized && subjectaltname.includes(`DNS:${host}`));
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
