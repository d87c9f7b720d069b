// Saves the file and prints no message about it.

import { writeFileSync } from "node:fs";
import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.17"];

class Faulty extends ReferenceClient {
  override save(file: string, payload: Buffer): void {
    writeFileSync(file, payload, { flag: "wx" });
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
