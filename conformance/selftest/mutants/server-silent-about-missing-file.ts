// Sends no error if there is no such file.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.19", "S7.21", "N7.8", "N7.10"];

class Faulty extends ServerControl {
  override async reply(text: string): Promise<void> {
    if (!text.startsWith("550")) await super.reply(text);
  }
}

if (import.meta.main) startServer({ ServerControl: Faulty });
