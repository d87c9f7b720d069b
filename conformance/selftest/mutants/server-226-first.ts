// Says 226 before it has sent anything.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.10", "N7.5", "N7.13"];

class Faulty extends ReferenceSession {
  override async announce(size: number, more?: string): Promise<void> {
    await super.announce(size, more);
    await super.reply(`226 bytes=${size} all sent`);
  }

  override async complete(): Promise<void> {
    await this.closeQ();
  }
}

if (import.meta.main) serveWith(Faulty);
