// Accepts a certificate of any issuer if the name and the date are right.

import type { TLSSocket } from "node:tls";
import { ClientControl, startClient } from "../reference/client.ts";
import { isNameInCertificate } from "../reference/tls.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ClientControl {
  override trusts(tls: TLSSocket, host: string): boolean {
    const isExpired = Date.parse(tls.getPeerCertificate().valid_to) < Date.now();
    return isNameInCertificate(tls, host) && !isExpired;
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
