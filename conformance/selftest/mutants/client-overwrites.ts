// Replaces an existing file and does not ask.

import { writeFileSync } from "node:fs";
import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.16"];

class Faulty extends ReferenceClient {
  override checkDuplicate(): void {}

  override save(file: string, payload: Buffer): void {
    writeFileSync(file, payload);
    console.log(`${file}: transfer complete`);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
