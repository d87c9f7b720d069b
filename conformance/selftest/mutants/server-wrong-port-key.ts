// Names its own port in 150, not that of Q.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.3"];

class Faulty extends ReferenceSession {
  override reply(text: string): Promise<void> {
    return super.reply(text.replace(/port=\d+/, `port=${this.p.localPort}`));
  }
}

if (import.meta.main) serveWith(Faulty);
