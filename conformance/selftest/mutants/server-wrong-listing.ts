// Lists names that no file has: each with a letter in front of it.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.8"];

class Faulty extends ReferenceSession {
  override async listNames(): Promise<string[]> {
    return (await super.listNames()).map((name) => `x${name.slice(1)}`);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
