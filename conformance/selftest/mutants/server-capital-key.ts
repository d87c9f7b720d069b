// Writes its keys in capital letters.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.22"];

class Faulty extends ReferenceSession {
  override key(): string {
    return `${super.key().toUpperCase().slice(1)}F`;
  }
}

if (import.meta.main) serveWith(Faulty);
