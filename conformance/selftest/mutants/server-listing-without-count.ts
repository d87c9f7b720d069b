// Its 226 after a listing does not say how many bytes were sent.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.5"];

class Faulty extends ReferenceSession {
  override async complete(size: number, fields = ""): Promise<void> {
    if (!this.request.command.startsWith("-l")) return super.complete(size, fields);
    await this.q.close();
    await this.p.reply("226 all sent");
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
