// Sends the reply 226 a moment before it closes Q.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.5"];

const MOMENT = 1_000; // milliseconds: more than a busy machine may take

class Faulty extends ReferenceSession {
  override async complete(size: number, fields = ""): Promise<void> {
    await this.p.reply(`226 bytes=${size}${fields} all sent`);
    await Bun.sleep(MOMENT);
    await this.q.close();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
