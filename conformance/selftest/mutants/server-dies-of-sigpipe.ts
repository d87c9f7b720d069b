// Dies if the client closes Q during a transfer, as a program does that forgets SIGPIPE.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.3", "N7.8"];

class Faulty extends ServerData {
  override async send(piece: Buffer): Promise<void> {
    await super.send(piece).catch(() => process.exit(141));
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
