// Writes its replies, and the beginning of each piece on Q, one byte at a time.

import { serveWith } from "../reference/server.ts";
import { ReferenceSession } from "../reference/session.ts";

export const role = "server";

const SLOWLY = 40; // bytes of a piece; a whole file would take hours

class Odd extends ReferenceSession {
  override async send(piece: Buffer): Promise<void> {
    for (let at = 0; at < Math.min(SLOWLY, piece.length); at++) {
      await super.send(piece.subarray(at, at + 1));
    }
    if (piece.length > SLOWLY) await super.send(piece.subarray(SLOWLY));
  }

  override async reply(text: string): Promise<void> {
    for (const letter of `${text}\n`) {
      await new Promise((resolve) => this.p.write(letter, resolve));
    }
  }
}

if (import.meta.main) serveWith(Odd);
