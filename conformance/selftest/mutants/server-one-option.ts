// Accepts one option, and reads the next line as the command.

import { type ClientRequest, CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.4", "N6.10", "N6.11", "N6.17"];

class Faulty extends CommandReader {
  count = 0;

  override async readOption(line: string, request: ClientRequest): Promise<boolean> {
    return this.count++ === 0 && super.readOption(line, request);
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
