// Sends a file only up to its first NUL byte, as strlen() would count it.

import { ServerData, startServer } from "../reference/server.ts";

export const role = "server";
export const breaks = ["S7.11"];

class Faulty extends ServerData {
  override send(piece: Buffer): Promise<void> {
    const end = piece.indexOf(0);
    return super.send(end < 0 ? piece : piece.subarray(0, end));
  }
}

if (import.meta.main) startServer({ ServerData: Faulty });
