// Believes every certificate.

import { HonestClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N4.2"];

class Faulty extends HonestClient {
  override believes(): boolean {
    return true;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
