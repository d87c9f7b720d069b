// Does not notice that a client speaks TLS, and waits for the end of a line.

import type { LineFailure } from "../reference/line-reader.ts";
import { CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N5.5"];

class Faulty extends CommandReader {
  override async refuseLine(failure: LineFailure): Promise<undefined> {
    if (failure !== "TLS") return super.refuseLine(failure);
    await Bun.sleep(6_000);
    return super.refuseLine("too late");
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
