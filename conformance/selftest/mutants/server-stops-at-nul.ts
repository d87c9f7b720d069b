// Takes a NUL for the end of a file, as strlen() does.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["S7.11"];

class Faulty extends ReferenceSession {
  override send(piece: Buffer): Promise<void> {
    const end = piece.indexOf(0);
    return super.send(end < 0 ? piece : piece.subarray(0, end));
  }
}

if (import.meta.main) serveWith(Faulty);
