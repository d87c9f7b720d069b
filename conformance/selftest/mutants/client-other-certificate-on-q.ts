// Accepts on Q any certificate of a trusted issuer, and not only that of P.

import type { TLSSocket } from "node:tls";
import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.24", "N7.33"];

class Faulty extends ClientData {
  override hasSameCertificate(tls: TLSSocket): boolean {
    return tls.authorized || super.hasSameCertificate(tls);
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
