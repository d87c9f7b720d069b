// Tells whoever guesses which names exist.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.16"];

class Faulty extends ReferenceSession {
  override wrong(): string {
    return this.user === this.account?.user ? super.wrong() : "530 no such user";
  }
}

if (import.meta.main) serveWith(Faulty);
