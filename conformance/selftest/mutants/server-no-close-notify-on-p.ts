// Ends P over TLS with a FIN and without close_notify.

import { TLSSocket } from "node:tls";
import { ServerControl, startServer } from "../reference/server.ts";
import { endWithoutCloseNotify } from "../reference/tls.ts";

export const role = "server";
export const breaks = ["N7.27"];

class Faulty extends ServerControl {
  override async close(): Promise<void> {
    if (!(this.socket instanceof TLSSocket)) return super.close();
    await Bun.sleep(20);
    endWithoutCloseNotify(this.socket);
  }
}

if (import.meta.main) startServer({ ServerControl: Faulty });
