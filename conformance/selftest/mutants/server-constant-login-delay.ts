// Answers every wrong password after the same delay.

import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.17"];

class Faulty extends CommandReader {
  override computeDelay(): number {
    return super.computeDelay(0);
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
