// Takes spaces away from both ends of a line.

import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.4", "N6.7"];

class Faulty extends CommandReader {
  override decode(line: Buffer): string | undefined {
    return super.decode(line)?.trim();
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
