// Builds the listing in a buffer of 1,024 bytes.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.8"];

const BUFFER = 1_024;

class Faulty extends ReferenceSession {
  override async listNames(): Promise<string[]> {
    const names = await super.listNames();
    let room = BUFFER;
    return names.filter((name) => (room -= name.length + 1) >= 0);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
