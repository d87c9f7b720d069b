// Sends the reply 226 before it has sent the content.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.10", "N7.5", "N7.13"];

class Faulty extends ReferenceSession {
  override async announce(size: number, fields?: string): Promise<void> {
    await super.announce(size, fields);
    await this.p.reply(`226 bytes=${size} all sent`);
  }

  override async complete(): Promise<void> {
    await this.q.close();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
