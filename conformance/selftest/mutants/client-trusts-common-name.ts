// Accepts the common name of a certificate as a host name.

import type { TLSSocket } from "node:tls";
import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ClientControl {
  override trusts(tls: TLSSocket, host: string): boolean {
    const { subject } = tls.getPeerCertificate();
    return super.trusts(tls, host) || (tls.authorized && subject.CN === host);
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
