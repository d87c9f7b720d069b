// Sends a line end after the key on Q.

import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.25", "N7.31"];

class Faulty extends ClientData {
  override formatKey(key: string): string {
    return `${key}\n`;
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
