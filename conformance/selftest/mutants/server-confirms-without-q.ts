// Says the same whether it could open Q or not.

import { ServerControl, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;
export const breaks = ["S7.7"];

class Faulty extends ServerControl {
  #hasGreeted = false;

  override async reply(text: string): Promise<void> {
    if (!this.#hasGreeted) await super.reply("200 Your command is being carried out.");
    this.#hasGreeted = true;
    if (!/^(150|226|425)/.test(text)) await super.reply(text);
  }
}

if (import.meta.main) startServer({ ServerControl: Faulty });
