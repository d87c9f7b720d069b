// Collects a line of any length.

import { Lines } from "../reference/line.ts";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.3"];

class Faulty extends ReferenceSession {
  override readonly lines = new Lines(this.p, 1_000_000, 4_000);
}

if (import.meta.main) serveWith(Faulty);
