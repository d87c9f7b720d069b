// Shows the bytes of the server as they came.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.19"];

class Faulty extends ReferenceClient {
  override clean(text: string): string {
    return text;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
