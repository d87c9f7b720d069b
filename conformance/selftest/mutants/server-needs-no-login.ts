// Carries out a command although the client has not logged in.

import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.11"];

class Faulty extends CommandReader {
  override isAllowed(): boolean {
    return true;
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
