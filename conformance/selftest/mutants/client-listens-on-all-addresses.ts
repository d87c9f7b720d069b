// Listens for Q on every address of its host.

import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.14"];

class Faulty extends ClientData {
  override listen(port: number): Promise<void> {
    return super.listen(port, "0.0.0.0");
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
