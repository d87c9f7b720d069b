// Leaves the client in the dark where nobody is at its data port.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.7", "N7.7", "N7.8", "N7.26"];

class Faulty extends ReferenceSession {
  override async reply(text: string): Promise<void> {
    if (!text.startsWith("425")) return super.reply(text);
  }
}

if (import.meta.main) serveWith(Faulty);
