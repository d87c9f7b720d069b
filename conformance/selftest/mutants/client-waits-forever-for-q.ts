// Waits without a time limit for Q after the server has announced it.

import type { Socket } from "node:net";
import { ClientData, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S8.2"];

class Faulty extends ClientData {
  override async accept(port: number): Promise<Socket> {
    for (;;) {
      const socket = await super.accept(port).catch(() => undefined);
      if (socket) return socket;
    }
  }
}

if (import.meta.main) await startClient({ ClientData: Faulty });
