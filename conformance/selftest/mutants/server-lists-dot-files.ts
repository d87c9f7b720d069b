// Lists names that begin with a dot.

import { readdirSync } from "node:fs";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.11"];

class Faulty extends ReferenceSession {
  override async listNames(): Promise<string[]> {
    const hidden = readdirSync(".").filter((name) => /^\.\w/.test(name));
    return [...hidden, ...(await super.listNames())];
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
