// Sends a FIN on Q right after the key.

import type { Socket } from "node:net";
import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.25", "N7.27"];

class Faulty extends ClientData {
  override async secure(accepted: Socket, key: string): Promise<Socket> {
    const tls = await super.secure(accepted, key);
    accepted.end();
    return tls;
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
