// Ends P after its last reply and does not wait for the client, and closes its socket a moment later.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;
export const breaks = ["S8.5"];

const PAUSE = 100; // milliseconds: less than a suite waits to see whether P is only half closed

class Faulty extends ServerControl {
  override async close(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.end(resolve));
    await Bun.sleep(PAUSE);
    this.socket.destroy();
  }
}

if (import.meta.main) startServer({ ServerControl: Faulty });
