// Ends Q over TLS with a FIN and without close_notify.

import { ServerData, startServer } from "../reference/server.ts";
import { endWithoutCloseNotify } from "../reference/tls.ts";

export const role = "server";
export const breaks = ["N7.27"];

class Faulty extends ServerData {
  override async close(): Promise<void> {
    if (!this.socket || this.socket.destroyed) return;
    await Bun.sleep(20);
    endWithoutCloseNotify(this.socket);
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
