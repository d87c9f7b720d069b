// Forgets HASH where REST comes behind it.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.10"];

class Faulty extends ReferenceSession {
  override rest(value: string): number {
    this.hashes = false;
    return super.rest(value);
  }
}

if (import.meta.main) serveWith(Faulty);
