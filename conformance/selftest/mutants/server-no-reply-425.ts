// Sends no error if it cannot open Q.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.7", "N7.7", "N7.8", "N7.26", "N7.30"];

class Faulty extends ServerControl {
  override async reply(text: string): Promise<void> {
    if (!text.startsWith("425")) await super.reply(text);
  }
}

if (import.meta.main) startServer({ ServerControl: Faulty });
