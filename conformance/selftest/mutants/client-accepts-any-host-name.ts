// Accepts a certificate that was issued for another host.

import type { TLSSocket } from "node:tls";
import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ClientControl {
  override trusts(tls: TLSSocket): boolean {
    return tls.authorized;
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
