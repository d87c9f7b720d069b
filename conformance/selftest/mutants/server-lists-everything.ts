// Lists names that nobody can ask for.

import { readdirSync } from "node:fs";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.9", "N7.11", "N7.12", "N7.3"];

class Faulty extends ReferenceSession {
  override async names(): Promise<string[]> {
    return readdirSync(this.root).sort();
  }
}

if (import.meta.main) serveWith(Faulty);
