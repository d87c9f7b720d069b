// Lists names in reverse order.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.9", "N7.12"];

class Faulty extends ReferenceSession {
  override async listNames(): Promise<string[]> {
    return (await super.listNames()).reverse();
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
