// Accepts REST and sends the whole file.

import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.4", "N6.9", "N7.5", "N7.8"];

class Faulty extends CommandReader {
  override parseOffset(value: string): number {
    return super.parseOffset(value) * 0;
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
