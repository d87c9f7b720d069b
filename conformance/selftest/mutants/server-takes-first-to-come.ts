// Takes the first connection that a client opens as Q, without a key.

import type { Socket } from "node:net";
import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.29"];

class Faulty extends ServerData {
  override async prove(socket: Socket, key: string): Promise<Socket> {
    return this.certificate ? super.prove(socket, key) : socket.resume();
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
