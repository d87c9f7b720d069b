// Names 0 as its data port in the command.

import { ClientControl, type ClientSettings, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S6.1"];
export const hides = ["S6.2", "S7.9", "S7.15", "S7.17"];

class Faulty extends ClientControl {
  override formatCommand(settings: ClientSettings): string {
    return super.formatCommand({ ...settings, dataPort: 0 });
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
