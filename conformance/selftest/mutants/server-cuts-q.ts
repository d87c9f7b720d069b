// Ends Q over TLS with FIN alone.

import { cut } from "../reference/secure.ts";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.27"];

class Faulty extends ReferenceSession {
  override async closeQ(): Promise<void> {
    if (!this.q || this.q.destroyed) return;
    await Bun.sleep(20);
    cut(this.q);
  }
}

if (import.meta.main) serveWith(Faulty);
