// Writes the listing into a file of its directory, and sends that.

import { writeFileSync } from "node:fs";
import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.26"];

class Faulty extends ReferenceSession {
  override async listNames(): Promise<string[]> {
    const names = await super.listNames();
    writeFileSync(".listing", names.join("\n"));
    return names;
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
