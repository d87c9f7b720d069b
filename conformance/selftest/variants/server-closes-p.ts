// Closes P right after its last reply and does not wait for the client.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;
export const leaves = ["S8.5"];

class Odd extends ServerControl {
  override async close(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.end(resolve));
    this.socket.destroy();
  }
}

if (import.meta.main) startServer({ ServerControl: Odd });
