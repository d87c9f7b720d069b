// Ends the key on Q like a line.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.25"];

class Faulty extends ReferenceClient {
  override proof(key: string): string {
    return `${key}\n`;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
