// Believes a certificate that has expired.

import type { TLSSocket } from "node:tls";
import { isCalled } from "../reference/secure.ts";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ReferenceClient {
  override believes(tls: TLSSocket, host: string): boolean {
    const expired = String(tls.authorizationError).includes("EXPIRED");
    return isCalled(tls, host) && (tls.authorized || expired);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
