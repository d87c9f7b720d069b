// Makes guessing no slower the longer it goes on.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.17"];

class Faulty extends ReferenceSession {
  override delay(): number {
    return super.delay(0);
  }
}

if (import.meta.main) serveWith(Faulty);
