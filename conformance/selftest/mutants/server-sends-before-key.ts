// Sends the file before the client has sent the key on Q.

import type { Socket } from "node:net";
import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.26", "N7.29"];

class Faulty extends ServerData {
  override async readKey(socket: Socket): Promise<void> {
    socket.resume();
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
