// Does not close Q after a file.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.6", "N7.5"];

class Faulty extends ServerData {
  override async close(): Promise<void> {
    this.socket?.resume();
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
