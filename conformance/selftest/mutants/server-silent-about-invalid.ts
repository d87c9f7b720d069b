// Closes P without a word after an unknown command.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.1", "S7.3", "N7.8"];

class Faulty extends ReferenceSession {
  override async reply(text: string): Promise<void> {
    if (!/^500 commands|^501 -g/.test(text)) return super.reply(text);
  }
}

if (import.meta.main) serveWith(Faulty);
