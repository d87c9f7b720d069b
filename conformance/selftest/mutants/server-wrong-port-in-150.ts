// Names the port of P in 150 instead of that of Q.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.3"];

class Faulty extends ServerControl {
  override reply(text: string): Promise<void> {
    return super.reply(text.replace(/^(150 .*)port=\d+/, `$1port=${this.socket.localPort}`));
  }
}

if (import.meta.main) startServer({ ServerControl: Faulty });
