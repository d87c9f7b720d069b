// Says hello on P before it waits for the command.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const native = false;

class Odd extends ReferenceSession {
  override async request(): Promise<void> {
    await this.reply("220 Welcome to the file server.");
    return super.request();
  }
}

if (import.meta.main) serveWith(Odd);
