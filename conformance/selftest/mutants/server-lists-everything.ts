// Lists names for which a client cannot ask.

import { readdirSync } from "node:fs";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.9", "N7.11", "N7.12"];

class Faulty extends ReferenceSession {
  override async listNames(): Promise<string[]> {
    return readdirSync(".").sort();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
