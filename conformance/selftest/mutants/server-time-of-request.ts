// Takes the present time for the time of each file.

import { ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.19", "N7.34"];

class Faulty extends ReferenceSession {
  override formatTime(): string {
    return super.formatTime(new Date());
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
