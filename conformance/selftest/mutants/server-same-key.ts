// Has one key for all of its Qs.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.22"];

class Faulty extends ReferenceSession {
  override key(): string {
    return "0123456789abcdef".repeat(2);
  }
}

if (import.meta.main) serveWith(Faulty);
