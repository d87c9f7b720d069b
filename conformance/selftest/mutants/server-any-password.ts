// Takes every password for the right one.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.11"];

class Faulty extends ReferenceSession {
  override async logIn(): Promise<true> {
    this.welcome = true;
    await this.reply("230 welcome");
    return true;
  }
}

if (import.meta.main) serveWith(Faulty);
