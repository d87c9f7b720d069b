// Accepts as Q the first connection to its data port, whoever opens it.

import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.15"];

class Faulty extends ClientData {
  override isFromServer(): boolean {
    return true;
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
