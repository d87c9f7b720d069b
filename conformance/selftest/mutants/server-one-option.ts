// Takes one option line, and the next line for the command.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.4", "N6.10", "N6.11", "N6.17"];

class Faulty extends ReferenceSession {
  taken = 0;

  override async option(line: string): Promise<boolean> {
    return this.taken++ === 0 && super.option(line);
  }
}

if (import.meta.main) serveWith(Faulty);
