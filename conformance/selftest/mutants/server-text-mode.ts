// Sends every LF as CR LF, as a program does that opens files in text mode.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.10", "S7.11", "S7.13", "S7.14", "N7.4", "N7.26", "N7.9", "N7.12"];

class Faulty extends ServerData {
  override send(piece: Buffer): Promise<void> {
    return super.send(Buffer.from(piece.toString("latin1").replaceAll("\n", "\r\n"), "latin1"));
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
