// Sends a listing for -g without a file name.

import { type ClientRequest, ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.3", "N7.8"];

class Faulty extends ReferenceSession {
  override execute(request: ClientRequest): Promise<void> {
    const command = request.command.replace(/^-g (\d+)$/, "-l $1");
    return super.execute({ ...request, command });
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
