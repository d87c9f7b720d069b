// Is silent on P where all goes well: Q says enough.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const native = false;

class Odd extends ReferenceSession {
  override async reply(text: string): Promise<void> {
    if (/^[45]/.test(text)) await super.reply(text);
  }
}

if (import.meta.main) serveWith(Odd);
