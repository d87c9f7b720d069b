// Ends its direction of a Q that it has opened after the key.

import type { Socket } from "node:net";
import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.31"];

class Faulty extends ClientData {
  override async open(port: number, key: string): Promise<Socket> {
    const socket = await super.open(port, key);
    return this.p.isSecure ? socket : socket.end();
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
