// Takes a name with a blank for none, and ends before Q is opened.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.14", "N6.5"];

class Faulty extends ReferenceSession {
  override async get(name: string, port: number): Promise<void> {
    if (!name.includes(" ")) await super.get(name, port);
  }
}

if (import.meta.main) serveWith(Faulty);
