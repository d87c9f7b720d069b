// Waits three and a half seconds before it closes Q.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.6"];

class Faulty extends ServerData {
  override async close(): Promise<void> {
    if (this.socket && !this.socket.destroyed) await Bun.sleep(3_500);
    return super.close();
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
