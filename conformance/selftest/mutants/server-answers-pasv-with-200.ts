// Answers PASV with 200.

import { type ClientRequest, CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.18"];

class Faulty extends CommandReader {
  override async readOption(line: string, request: ClientRequest): Promise<boolean> {
    if (line !== "PASV") return super.readOption(line, request);
    request.isPassive = true;
    await this.p.reply("200 noted");
    return true;
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
