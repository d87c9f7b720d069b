// Dies when the client goes away in the middle of a file, as a program does that forgets SIGPIPE.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S9.3", "N7.8"];

class Faulty extends ReferenceSession {
  override async send(piece: Buffer): Promise<void> {
    await super.send(piece).catch(() => process.exit(141));
  }
}

if (import.meta.main) serveWith(Faulty);
