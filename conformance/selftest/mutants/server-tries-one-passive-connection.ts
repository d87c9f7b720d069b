// Listens to nobody but the first connection to its port.

import type { Socket } from "node:net";
import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.29"];

class Faulty extends ServerData {
  #connections = 0;

  override async prove(socket: Socket, key: string): Promise<Socket> {
    if (this.#connections++ > 0) throw new Error("somebody else is here");
    return super.prove(socket, key);
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
