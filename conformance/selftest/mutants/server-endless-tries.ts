// Lets a client guess for as long as it likes.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.17"];

class Faulty extends ReferenceSession {
  override wrong(): string {
    this.tries = Math.min(this.tries, 2);
    return super.wrong();
  }
}

if (import.meta.main) serveWith(Faulty);
