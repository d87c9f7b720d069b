// Ends its replies with CR LF.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.1"];

class Faulty extends ServerControl {
  override reply(text: string): Promise<void> {
    return super.reply(`${text}\r`);
  }
}

if (import.meta.main) startServer({ ServerControl: Faulty });
