// Does not know USER and PASS.

import { type ClientRequest, CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.4", "N6.11"];

class Faulty extends CommandReader {
  override async readOption(line: string, request: ClientRequest): Promise<boolean> {
    return !/^(USER|PASS) /.test(line) && super.readOption(line, request);
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
