// Waits without end for the client to close P.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N8.1"];

class Faulty extends ReferenceSession {
  override async finish(): Promise<void> {
    this.lines.stop();
    this.p.end();
    await new Promise<void>((resolve) => this.p.once("end", resolve).once("close", resolve));
    this.p.destroy();
  }
}

if (import.meta.main) serveWith(Faulty);
