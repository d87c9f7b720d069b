// Closes both connections without a word when there is no such file.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.19", "S7.21", "N7.8", "N7.10"];

class Faulty extends ReferenceSession {
  override async reply(text: string): Promise<void> {
    if (!text.startsWith("550")) return super.reply(text);
  }
}

if (import.meta.main) serveWith(Faulty);
