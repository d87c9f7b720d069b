// Compares the port of Q with that of 150, and not the address.

import type { Socket } from "node:net";
import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N7.15"];

class Faulty extends ClientData {
  override isFromServer({ remotePort }: Socket, port: number): boolean {
    return remotePort === port;
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
