// Takes any key for the right one, as long as it is long enough.

import type { Socket } from "node:net";
import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";
export const breaks = ["N7.26"];

class Faulty extends ReferenceSession {
  override expect(q: Socket, key: string): Promise<void> {
    let length = 0;
    return new Promise((resolve, reject) => {
      q.once("close", reject);
      q.on("data", (piece: Buffer) => {
        length += piece.length;
        if (length >= key.length) resolve();
      });
    });
  }
}

if (import.meta.main) serveWith(Faulty);
