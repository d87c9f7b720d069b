// Carries out commands of whoever gives them, login or not.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.11"];

class Faulty extends ReferenceSession {
  override get mayCommand(): boolean {
    return true;
  }
}

if (import.meta.main) serveWith(Faulty);
