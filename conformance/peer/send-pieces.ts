// Sends the pieces of a payload, at the pace that the dialect wants.

import type { CaseContext } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import type { Data } from "../dialect/types.ts";

/** Pauses between the pieces, and waits for the client's answer to each, if the dialect says so. */
export async function sendPieces(
  context: CaseContext,
  on: Connection,
  { gap, ack }: Data,
  pieces: readonly Buffer[],
): Promise<void> {
  for (const [at, piece] of pieces.entries()) {
    if (at > 0 && gap) await Bun.sleep(gap);
    const { length } = on;
    on.send(piece);
    const isAcknowledged = (): boolean => on.length > length || on.hasEnded;
    if (ack) await context.waitFor("an acknowledgement", context.timeouts.idle, isAcknowledged);
  }
}

/** Milliseconds between two pieces: longer than the kernel joins them. */
const PIECE_GAP = 15;

/** Sends a payload in pieces of so many bytes, whatever stands at their borders. Pieces that are acknowledged stay as they are. */
export const sendInPiecesOf =
  (size: number): typeof sendPieces =>
  async (context, on, data, pieces) => {
    if (data.ack || data.gap) return sendPieces(context, on, data, pieces);
    const all = Buffer.concat(pieces);
    for (let at = 0; at < all.length; at += size) {
      if (at > 0) await Bun.sleep(PIECE_GAP);
      on.send(all.subarray(at, at + size));
    }
  };
