// Accepts a certificate that is not valid yet.

import type { TLSSocket } from "node:tls";
import { ClientControl, startClient } from "../reference/client.ts";
import { isNameInCertificate } from "../reference/tls.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ClientControl {
  override trusts(tls: TLSSocket, host: string): boolean {
    const isEarly = String(tls.authorizationError).includes("NOT_YET_VALID");
    return isNameInCertificate(tls, host) && (tls.authorized || isEarly);
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
