// Dials whatever number is given for the data port.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.7"];

class Faulty extends ReferenceSession {
  override port(text: string): number {
    return Number.parseInt(text, 10) || 0;
  }
}

if (import.meta.main) serveWith(Faulty);
