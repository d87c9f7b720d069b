// Takes the data port for the name, where -g has none.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.3", "N7.8"];

class Faulty extends ReferenceSession {
  override nameless(): Promise<void> {
    return this.list(Number(this.wanted));
  }

  wanted = "";

  override command(line: string): Promise<void> {
    this.wanted = line.slice(3);
    return super.command(line);
  }
}

if (import.meta.main) serveWith(Faulty);
