// Waits for a handshake for as long as it takes.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N5.4"];

class Faulty extends ReferenceClient {
  override get patience(): number {
    return 120_000;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
