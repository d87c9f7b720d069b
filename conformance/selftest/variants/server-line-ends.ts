// Ends its lines on P and in the listing with CR LF.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const native = false;

class Odd extends ReferenceSession {
  override reply(text: string): Promise<void> {
    return super.reply(`${text}\r`);
  }

  override entry(name: string): string {
    return `${name}\r\n`;
  }
}

if (import.meta.main) serveWith(Odd);
