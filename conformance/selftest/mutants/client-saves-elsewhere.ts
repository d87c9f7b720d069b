// Saves the file under another name.

import { ReferenceClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.15"];

class Faulty extends ReferenceClient {
  override save(file: string): void {
    super.save(`copy of ${file}`);
  }
}

if (import.meta.main) await new Faulty().main(process.argv.slice(2));
