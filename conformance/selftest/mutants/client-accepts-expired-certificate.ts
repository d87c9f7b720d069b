// Accepts a certificate that has expired.

import type { TLSSocket } from "node:tls";
import { ClientControl, startClient } from "../reference/client.ts";
import { isNameInCertificate } from "../reference/tls.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ClientControl {
  override trusts(tls: TLSSocket, host: string): boolean {
    const isExpired = String(tls.authorizationError).includes("EXPIRED");
    return isNameInCertificate(tls, host) && (tls.authorized || isExpired);
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
