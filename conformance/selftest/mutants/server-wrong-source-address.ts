// Opens Q from another address than the one to which the client connected.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.5", "N7.6"];

class Faulty extends ServerData {
  override open(port: number): Promise<void> {
    return super.open(port, undefined, "127.0.0.3");
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
