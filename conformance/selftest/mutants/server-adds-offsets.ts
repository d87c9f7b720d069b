// Adds the offset of each REST to the one before.

import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.9"];

class Faulty extends CommandReader {
  sum = 0;

  override parseOffset(value: string): number {
    return (this.sum += super.parseOffset(value));
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
