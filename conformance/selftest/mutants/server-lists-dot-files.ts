// Lists names that begin with a dot.

import { readdirSync } from "node:fs";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.11"];

class Faulty extends ReferenceSession {
  override async names(): Promise<string[]> {
    const hidden = readdirSync(this.root).filter((name) => /^\.\w/.test(name));
    return [...hidden, ...(await super.names())];
  }
}

if (import.meta.main) serveWith(Faulty);
