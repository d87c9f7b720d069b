// Lets the client open Q before it looks at the command.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N7.28"];

class Faulty extends ReferenceSession {
  override async refuseCommand(command: string): Promise<void> {
    if (this.request.isPassive) await this.q.accept((port, key) => this.invite(port, key));
    await super.refuseCommand(command);
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
