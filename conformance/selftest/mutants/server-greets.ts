// Greets the client before it has said anything.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N5.1", "N6.11", "N6.13", "N6.14", "N7.26"];

class Faulty extends ReferenceSession {
  override async request(): Promise<void> {
    await this.reply("220 welcome");
    return super.request();
  }
}

if (import.meta.main) serveWith(Faulty);
