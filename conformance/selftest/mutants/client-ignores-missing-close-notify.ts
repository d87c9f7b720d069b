// Accepts a FIN on Q as the end of the file although TLS has not ended.

import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.27"];

class Faulty extends ClientData {
  override isComplete(payload: Buffer, bytes: number): boolean {
    return payload.length === bytes;
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
