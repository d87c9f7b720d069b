// Exits after an invalid command.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.2"];

class Faulty extends ReferenceSession {
  override async refuseCommand(command: string): Promise<void> {
    setTimeout(() => process.exit(1), 20);
    return super.refuseCommand(command);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
