// Saves the file, and does not say that the transfer is complete.

import { writeFileSync } from "node:fs";
import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.17"];

class Faulty extends ReferenceClient {
  override save(file: string): void {
    writeFileSync(file, this.received, { flag: "wx" });
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
