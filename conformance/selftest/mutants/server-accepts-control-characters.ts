// Accepts control characters in a request.

import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.8"];

class Faulty extends CommandReader {
  override decode(line: Buffer): string {
    return line.toString();
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
