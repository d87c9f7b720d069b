// Strips the blanks and line ends at the ends of a file.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.15"];

class Faulty extends ReferenceClient {
  override save(file: string, payload: Buffer): void {
    // A last line end is put back, as an editor does it.
    super.save(file, Buffer.from(`${payload.toString("latin1").trim()}\n`, "latin1"));
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
