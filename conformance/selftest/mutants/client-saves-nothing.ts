// Says that the transfer is complete, and saves nothing.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.15"];
export const hides = ["S7.16", "S7.17", "S7.18"];

class Faulty extends ReferenceClient {
  override save(file: string): void {
    console.log(`${file}: transfer complete`);
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
