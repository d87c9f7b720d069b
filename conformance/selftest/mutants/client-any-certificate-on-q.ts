// Believes on Q whoever its issuer vouches for.

import type { TLSSocket } from "node:tls";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.24"];

class Faulty extends ReferenceClient {
  override isSame(q: TLSSocket): boolean {
    return q.authorized;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
