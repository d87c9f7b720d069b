// Closes P with its last reply, instead of leaving that to the client.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S8.5", "N8.1"];

class Faulty extends ReferenceSession {
  override async finish(): Promise<void> {
    await new Promise<void>((resolve) => this.p.end(resolve));
    this.p.destroy();
  }
}

if (import.meta.main) serveWith(Faulty);
