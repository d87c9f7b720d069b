// Closes P after its last reply and does not wait for the client.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S8.5", "N8.1"];

class Faulty extends ServerControl {
  override async close(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.end(resolve));
    this.socket.destroy();
  }
}

if (import.meta.main) startServer({ ServerControl: Faulty });
