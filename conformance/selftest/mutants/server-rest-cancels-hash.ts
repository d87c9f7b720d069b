// Forgets HASH if REST follows it.

import { type ClientRequest, CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.10"];

class Faulty extends CommandReader {
  override readOption(line: string, request: ClientRequest): Promise<boolean> {
    if (line.startsWith("REST ")) request.wantsHash = false;
    return super.readOption(line, request);
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
