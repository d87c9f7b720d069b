// Sends a greeting on P before it waits for the command.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;

class Odd extends ReferenceSession {
  override async run(): Promise<void> {
    await this.p.reply("220 Welcome to the file server.");
    return super.run();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Odd });
