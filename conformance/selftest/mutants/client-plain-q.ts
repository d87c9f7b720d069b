// Uses TLS on P and none on Q.

import type { Socket } from "node:net";
import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.24", "N7.33"];

class Faulty extends ClientData {
  override async secure(accepted: Socket, key: string): Promise<Socket> {
    accepted.write(this.formatKey(key));
    return accepted;
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
