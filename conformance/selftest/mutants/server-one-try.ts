// Closes P after the first wrong password.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N6.17"];

/** As if there had been some already. */
const MOST = 2;

class Faulty extends ReferenceSession {
  override tries = MOST;

  override delay(before: number): number {
    return super.delay(before - MOST);
  }
}

if (import.meta.main) serveWith(Faulty);
