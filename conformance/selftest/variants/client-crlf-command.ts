// Ends its command with CR LF.

import { ClientControl, type ClientSettings, startClient } from "../reference/client.ts";

export const role = "client";
export const native = false;

class Odd extends ClientControl {
  override formatCommand(settings: ClientSettings): string {
    return super.formatCommand(settings).replace("\n", "\r\n");
  }
}

if (import.meta.main) await startClient({ ClientControl: Odd });
