// Sends errors as a code without a text.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.1"];

class Faulty extends ServerControl {
  override reply(text: string): Promise<void> {
    return super.reply(text.startsWith("5") ? text.slice(0, 4) : text);
  }
}

if (import.meta.main) startServer({ ServerControl: Faulty });
