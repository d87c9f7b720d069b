// Sends its password in the clear, wherever the server is.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.15"];

class Faulty extends ReferenceClient {
  override mayTell(): boolean {
    return true;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
