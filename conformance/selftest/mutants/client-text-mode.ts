// Saves every LF as CR LF.

import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.15"];

class Faulty extends ReferenceClient {
  override save(file: string, payload: Buffer): void {
    const text = payload.toString("latin1").replaceAll("\n", "\r\n");
    super.save(file, Buffer.from(text, "latin1"));
  }
}

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
