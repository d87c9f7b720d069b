// Does not start TLS on a Q that the client opens.

import type { Socket } from "node:net";
import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.33"];

class Faulty extends ServerData {
  override async prove(socket: Socket, key: string): Promise<Socket> {
    await this.readKey(socket, key);
    return socket;
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
