// Closes P after the first wrong password.

import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.17"];

class Faulty extends CommandReader {
  override readonly tryLimit = 1;
}

if (import.meta.main) startServer({ CommandReader: Faulty });
