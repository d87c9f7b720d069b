// Opens Q for an invalid command too.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.2"];

class Faulty extends ReferenceSession {
  override async refuseCommand(command: string): Promise<void> {
    const port = Number(command.split(" ").at(-1));
    if (port > 0) await this.q.open(port);
    return super.refuseCommand(command);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
