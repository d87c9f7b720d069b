// Replies with three digits and nothing else.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.1"];

class Faulty extends ReferenceSession {
  override reply(text: string): Promise<void> {
    return super.reply(text.startsWith("5") ? text.slice(0, 4) : text);
  }
}

if (import.meta.main) serveWith(Faulty);
