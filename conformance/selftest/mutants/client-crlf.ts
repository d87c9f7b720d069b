// Ends its lines with CR LF.

import { ClientControl, type ClientSettings, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.1"];

class Faulty extends ClientControl {
  override formatCommand(settings: ClientSettings): string {
    return super.formatCommand(settings).replace("\n", "\r\n");
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
