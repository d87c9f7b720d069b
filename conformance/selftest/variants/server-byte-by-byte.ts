// Sends its replies, and the beginning of what it sends on Q, one byte at a time.

import { ServerControl, ServerData, startServer } from "../reference/server.ts";

export const role = "server";

const SLOW_BYTES = 40; // of each piece on Q; a whole file would take hours

class SlowData extends ServerData {
  override async send(piece: Buffer): Promise<void> {
    for (const byte of piece.subarray(0, SLOW_BYTES)) await super.send(Buffer.of(byte));
    if (piece.length > SLOW_BYTES) await super.send(piece.subarray(SLOW_BYTES));
  }
}

class SlowControl extends ServerControl {
  override async reply(text: string): Promise<void> {
    for (const byte of `${text}\n`) {
      await new Promise((resolve) => this.socket.write(byte, resolve));
    }
  }
}

if (import.meta.main) startServer({ ServerControl: SlowControl, ServerData: SlowData });
