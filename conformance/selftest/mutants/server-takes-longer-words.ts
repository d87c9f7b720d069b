// Takes every word that begins with a command for that command.

import { type ClientRequest, CommandReader, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["N6.4"];

class Faulty extends CommandReader {
  override async read(): Promise<ClientRequest | undefined> {
    const request = await super.read();
    return request && { ...request, command: request.command.replace(/^(-[lg])\S+/, "$1") };
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
