// Lets a client try as many passwords as it wants.

import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.17"];

class Faulty extends CommandReader {
  override readonly tryLimit = Infinity;

  override computeDelay(wrongTries: number): number {
    return super.computeDelay(Math.min(wrongTries, 2));
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
