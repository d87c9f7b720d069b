// Takes the common name of a certificate for the name of a host.

import type { TLSSocket } from "node:tls";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ReferenceClient {
  override believes(tls: TLSSocket, host: string): boolean {
    const { subject } = tls.getPeerCertificate();
    return super.believes(tls, host) || (tls.authorized && subject.CN === host);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
