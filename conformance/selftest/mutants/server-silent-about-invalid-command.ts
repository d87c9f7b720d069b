// Sends no error for an invalid command.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.1", "S7.3", "N7.8"];

class Faulty extends ReferenceSession {
  override async refuseCommand(): Promise<void> {}

  override async refuseMissingName(): Promise<void> {}
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
