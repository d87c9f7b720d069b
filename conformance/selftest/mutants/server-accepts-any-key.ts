// Accepts any key on Q if it is long enough.

import type { Socket } from "node:net";
import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.26", "N7.29"];

class Faulty extends ServerData {
  override readKey(socket: Socket, key: string): Promise<void> {
    let length = 0;
    return new Promise((resolve, reject) => {
      socket.once("close", reject);
      socket.on("data", (piece: Buffer) => {
        length += piece.length;
        if (length >= key.length) resolve();
      });
    });
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
