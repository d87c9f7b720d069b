// Takes a DNS name that looks like its address for the address.

import type { TLSSocket } from "node:tls";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ReferenceClient {
  override believes(tls: TLSSocket, host: string): boolean {
    const { subjectaltname = "" } = tls.getPeerCertificate();
    return super.believes(tls, host) || (tls.authorized && subjectaltname.includes(`DNS:${host}`));
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
