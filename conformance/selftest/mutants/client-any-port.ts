// Takes whatever parseInt() makes of a port.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S3.2", "S3.3", "S3.6", "N3.1"];

class Faulty extends ReferenceClient {
  override port(_name: string, text: string): number {
    return (Number.parseInt(text, 10) || 30_020) & 0xffff;
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
