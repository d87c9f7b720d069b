// Sends all its replies together when Q is closed.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;

class Odd extends ServerControl {
  #replies = "";

  override async reply(text: string): Promise<void> {
    this.#replies += `${text}\n`;
  }

  override async close(): Promise<void> {
    if (this.#replies !== "") await super.reply(this.#replies.trimEnd());
    return super.close();
  }
}

if (import.meta.main) startServer({ ServerControl: Odd });
