// Sends no reply on P if everything goes well.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;

class Odd extends ServerControl {
  override async reply(text: string): Promise<void> {
    if (/^[45]/.test(text)) await super.reply(text);
  }
}

if (import.meta.main) startServer({ ServerControl: Odd });
