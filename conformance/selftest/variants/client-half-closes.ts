// Sends a FIN on P right after its command.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";

class Odd extends ClientControl {
  override async sendCommand(): Promise<void> {
    // Over TLS, the runtime would close both directions.
    if (this.isSecure) return super.sendCommand();
    this.socket.end(this.formatCommand(this.settings));
  }
}

if (import.meta.main) await startClient({ ClientControl: Odd });
