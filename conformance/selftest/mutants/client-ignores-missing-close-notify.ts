// Accepts a FIN on Q as the end of the file although TLS has not ended.

import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.27"];

class Faulty extends ClientData {
  override hasEnded(): boolean {
    return true;
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
