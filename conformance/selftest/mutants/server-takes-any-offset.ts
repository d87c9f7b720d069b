// Reads an offset as the language reads any number.

import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.9"];

class Faulty extends CommandReader {
  override parseOffset(value: string): number {
    const offset = Number(value);
    return Number.isSafeInteger(offset) ? Math.max(0, offset) : super.parseOffset(value);
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
