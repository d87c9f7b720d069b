// Answers REST, and begins at the beginning all the same.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.4", "N6.9", "N7.5", "N7.8"];

class Faulty extends ReferenceSession {
  override rest(value: string): number {
    return super.rest(value) * 0;
  }
}

if (import.meta.main) serveWith(Faulty);
