// Ends P over TLS with FIN alone.

import { cut } from "../reference/secure.ts";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.27"];

class Faulty extends ReferenceSession {
  override async finish(): Promise<void> {
    if (!this.pair) return super.finish();
    await Bun.sleep(20);
    cut(this.p);
  }
}

if (import.meta.main) serveWith(Faulty);
