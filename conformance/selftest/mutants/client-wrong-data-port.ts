// Uses another data port than the one in its arguments.

import { ClientArguments, type ClientSettings, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S6.1"];

class Faulty extends ClientArguments {
  override parse(args: string[]): ClientSettings {
    const settings = super.parse(args);
    return { ...settings, dataPort: settings.dataPort - 1 };
  }
}

if (import.meta.main) await startClient({ ClientArguments: Faulty });
