// Ends its lines on P and in the listing with CR LF.

import { ReferenceSession, ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;

class CrlfControl extends ServerControl {
  override reply(text: string): Promise<void> {
    return super.reply(`${text}\r`);
  }
}

class CrlfSession extends ReferenceSession {
  override formatEntry(name: string): string {
    return `${name}\r\n`;
  }
}

if (import.meta.main) startServer({ ReferenceSession: CrlfSession, ServerControl: CrlfControl });
