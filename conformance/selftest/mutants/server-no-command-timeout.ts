// Waits without a time limit for the rest of a command.

import type { LineFailure } from "../reference/line-reader.ts";
import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N5.2"];

class Faulty extends CommandReader {
  override async refuseLine(failure: LineFailure): Promise<undefined> {
    if (failure === "too late") await Bun.sleep(120_000);
    return super.refuseLine(failure);
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
