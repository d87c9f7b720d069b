// Waits for the key for as long as it takes.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.26"];

class Faulty extends ReferenceSession {
  override get proofLimit(): number {
    return 120_000;
  }
}

if (import.meta.main) serveWith(Faulty);
