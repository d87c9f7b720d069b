// Takes the end of Q for success.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.16", "N7.17"];

class Faulty extends ReferenceClient {
  override async confirm(): Promise<void> {}
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
