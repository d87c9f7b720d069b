// Believes a certificate for whatever host it is.

import type { TLSSocket } from "node:tls";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends ReferenceClient {
  override believes(tls: TLSSocket): boolean {
    return tls.authorized;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
