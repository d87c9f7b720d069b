// Is silent on P where all goes well: Q says enough.

import { serveWith } from "../reference/server.ts";
import { Session } from "../reference/session.ts";

export const role = "server";
export const native = false;

class Odd extends Session {
  override async reply(text: string): Promise<void> {
    if (/^[45]/.test(text)) await super.reply(text);
  }
}

if (import.meta.main) serveWith(Odd);
