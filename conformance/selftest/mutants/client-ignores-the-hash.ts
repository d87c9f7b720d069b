// Asks for a hash, and does not look at it.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.17"];

class Faulty extends ReferenceClient {
  override verify(): void {}
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
