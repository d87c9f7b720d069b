// Removes the spaces from a file name in the command.

import { ClientControl, type ClientSettings, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["N6.5"];

class Faulty extends ClientControl {
  override formatCommand(settings: ClientSettings): string {
    return super.formatCommand({ ...settings, file: settings.file.replaceAll(" ", "") });
  }
}

if (import.meta.main) await startClient({ ClientControl: Faulty });
