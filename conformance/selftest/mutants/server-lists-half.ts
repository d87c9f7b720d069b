// Forgets the last names of the directory.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.8", "N7.3", "N7.9", "N7.12"];

class Faulty extends ReferenceSession {
  override async names(): Promise<string[]> {
    return (await super.names()).slice(0, 4);
  }
}

if (import.meta.main) serveWith(Faulty);
