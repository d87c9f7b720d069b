// Saves the file under another name.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.15"];

class Faulty extends ReferenceClient {
  override save(file: string, payload: Buffer): void {
    super.save(`copy of ${file}`, payload);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
