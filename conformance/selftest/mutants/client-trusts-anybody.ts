// Takes for Q whoever connects to the data port first.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.15"];

class Faulty extends ReferenceClient {
  override trusts(): boolean {
    return true;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
