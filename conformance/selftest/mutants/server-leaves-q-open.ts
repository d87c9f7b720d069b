// Never closes Q after a file, so that a client waits for the rest of it.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.6", "N7.5"];

class Faulty extends ReferenceSession {
  override async closeQ(): Promise<void> {
    this.q?.resume();
  }
}

if (import.meta.main) serveWith(Faulty);
