// Saves into a temporary file first, and forgets to delete it.

import { writeFileSync } from "node:fs";
import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.27"];

class Faulty extends ReferenceClient {
  override save(file: string, payload: Buffer): void {
    writeFileSync(`${file}.tmp`, payload);
    super.save(file, payload);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
