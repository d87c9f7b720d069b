// Opens Q to its own data port, and not to the port that the server names.

import type { Socket } from "node:net";
import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.31"];

class Faulty extends ClientData {
  override open(_port: number, key: string): Promise<Socket> {
    return super.open(this.p.settings.dataPort, key);
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
