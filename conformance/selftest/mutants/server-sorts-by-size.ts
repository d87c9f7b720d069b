// Sorts the lines after FACTS by their facts instead of the names.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.19"];

class Faulty extends ReferenceSession {
  override async listLines(): Promise<string[]> {
    const lines = await super.listLines();
    return this.request.wantsFacts ? lines.sort() : lines;
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
