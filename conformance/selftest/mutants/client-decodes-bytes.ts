// Decodes what it has received as a text, and saves that.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.30"];

class Faulty extends ReferenceClient {
  override save(file: string, payload: Buffer): void {
    super.save(file, Buffer.from(payload.toString()));
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
