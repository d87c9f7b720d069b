// Ends P over TLS with a FIN and without close_notify.

import { ClientControl, startClient } from "../reference/client.ts";
import { endWithoutCloseNotify } from "../reference/tls.ts";

export const role = "client";
export const breaks = ["N7.27"];

class Faulty extends ClientControl {
  override async close(): Promise<void> {
    if (!this.isSecure) return super.close();
    await Bun.sleep(20);
    endWithoutCloseNotify(this.socket);
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
