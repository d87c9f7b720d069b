// Says all it has to say on P at once, when Q is closed.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const native = false;

class Odd extends ReferenceSession {
  #said = "";

  override async reply(text: string): Promise<void> {
    this.#said += `${text}\n`;
  }

  override async finish(): Promise<void> {
    if (this.#said !== "") await super.reply(this.#said.trimEnd());
    return super.finish();
  }
}

if (import.meta.main) serveWith(Odd);
