// Thinks for three seconds and a half before it closes Q.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.6"];

class Faulty extends ReferenceSession {
  override async closeQ(): Promise<void> {
    if (this.q && !this.q.destroyed) await Bun.sleep(3_500);
    return super.closeQ();
  }
}

if (import.meta.main) serveWith(Faulty);
