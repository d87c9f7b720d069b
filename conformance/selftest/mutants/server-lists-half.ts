// Lists only the first four names.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.8"];

class Faulty extends ReferenceSession {
  override async listNames(): Promise<string[]> {
    return (await super.listNames()).slice(0, 4);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
