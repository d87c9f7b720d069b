// Ends if a client resets Q while nothing was sent on it yet.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.3"];

class Faulty extends ServerData {
  override async open(port: number): Promise<void> {
    await super.open(port);
    this.socket?.on("error", () => process.exit(1));
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
