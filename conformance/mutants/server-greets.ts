// Greets the client before it has said anything.

import { serveWith } from "../honest/server.ts";
import { Session } from "../honest/session.ts";

export const role = "server";
export const breaks = ["N5.1", "N6.13"];

class Faulty extends Session {
  override async request(): Promise<void> {
    await this.reply("220 welcome");
    return super.request();
  }
}

if (import.meta.main) serveWith(Faulty);
