// Believes a certificate of whatever issuer, if only the name is right.

import type { TLSSocket } from "node:tls";
import { isCalled } from "../reference/secure.ts";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ReferenceClient {
  override believes(tls: TLSSocket, host: string): boolean {
    return isCalled(tls, host) && !this.isOver(tls);
  }

  isOver(tls: TLSSocket): boolean {
    return Date.parse(tls.getPeerCertificate().valid_to) < Date.now();
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
