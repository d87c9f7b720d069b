// Starts a process for a client that leaves in the middle of its command, and that process computes for ever.

import { CommandReader, startServer } from "../reference/server.ts";
import type { ClientRequest } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S9.7"];

class Faulty extends CommandReader {
  override async read(): Promise<ClientRequest | undefined> {
    const request = await super.read();
    if (request === undefined) Bun.spawn(["sh", "-c", "while :; do :; done"]);
    return request;
  }
}

if (import.meta.main) startServer({ CommandReader: Faulty });
