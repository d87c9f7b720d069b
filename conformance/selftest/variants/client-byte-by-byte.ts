// Sends its command one byte at a time.

import { ClientControl, startClient } from "../reference/client.ts";

export const role = "client";

class Odd extends ClientControl {
  override async sendCommand(): Promise<void> {
    this.socket.setNoDelay(true);
    for (const byte of this.formatCommand(this.settings)) {
      this.socket.write(byte);
      await Bun.sleep(2);
    }
  }
}

if (import.meta.main) await startClient({ ClientControl: Odd });
