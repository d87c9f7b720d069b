// Sends a greeting before the client has sent anything.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N5.1", "N6.11", "N6.13", "N6.14", "N7.26", "N6.18", "N6.19"];

class Faulty extends ReferenceSession {
  override async run(): Promise<void> {
    await this.p.reply("220 welcome");
    return super.run();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
