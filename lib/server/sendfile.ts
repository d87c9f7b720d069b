// A piece of a file to a connection: by sendfile(2) with no copy in user space, or portably by read and write.

import { readSync } from "node:fs";
import type { Connection } from "../net/connection.ts";
import { replyFailure } from "../errors.ts";
import { kernelSend, type KernelSend } from "../sys/libc.ts";

/** `sendfile` needs Linux; `copy` works everywhere and sends the same bytes. */
export type SendMethod = "sendfile" | "copy";

/** The quickest method of this system. */
export const BEST_METHOD: SendMethod = kernelSend ? "sendfile" : "copy";

/** A stretch of an open file, in bytes. */
export interface FileRange {
  readonly fd: number;
  readonly offset: number;
  readonly length: number;
}

/** How to send. `stall` is the longest wait for a peer that does not read, in ms; `sent` hears of each piece. */
export interface SendOptions {
  readonly method: SendMethod;
  readonly stall: number;
  readonly onSent?: (bytes: number) => void;
}

/** Bytes sent before others get their turn: large enough to keep one client at full speed, a millisecond or so for the rest. */
const TURN = 1024 * 1024;

/** The same where others are being sent to as well: a small file between large ones waits for several turns of each. */
const SHARED_TURN = 64 * 1024;

/** Files being sent now. */
let sending = 0;

/** Bytes copied at a time: after a full socket only few fit, and what does not fit is read again. */
const PIECE = 64 * 1024;

/** The piece that is written when sendfile(2) took nothing: it makes Bun watch for room, or tells what is wrong. */
const PROBE = 4 * 1024;

/** One buffer for all: a piece is read and handed to the kernel in one go, with no wait between. */
const piece = Buffer.allocUnsafeSlow(PIECE);

/**
 * Sends a stretch of a file, yielding after each turn. Throws a `Failure` of code 450 where the file ends too early or
 * cannot be read, 426 where the peer breaks off or stalls. Memory stays the same for any length.
 */
export async function sendFile(
  to: Connection,
  from: FileRange,
  options: SendOptions,
): Promise<void> {
  if (from.length > TURN) to.disablePacing();
  sending++;
  await sendAll(to, from, options).finally(() => sending--);
}

async function sendAll(to: Connection, from: FileRange, options: SendOptions): Promise<void> {
  const send = options.method === "sendfile" && kernelSend ? kernelSend : never;
  const end = from.offset + from.length;
  for (let offset = from.offset, turn = TURN; offset < end;) {
    const want = Math.min(end - offset, turn);
    let sent = send(to.fd, from.fd, offset, want);
    if (sent <= 0) {
      // Full, not supported, or broken: all three show when the same bytes go the portable way.
      const bytes = readPiece(from.fd, offset, Math.min(want, send === never ? PIECE : PROBE));
      sent = to.push(bytes);
      if (sent < bytes.length) await to.waitForDrain(options.stall);
    }
    offset += sent;
    turn -= sent;
    options.onSent?.(sent);
    if (turn <= 0) {
      turn = sending > 1 ? SHARED_TURN : TURN;
      await new Promise(setImmediate);
    }
  }
}

const never: KernelSend = () => -1;

function readPiece(fd: number, offset: number, length: number): Uint8Array {
  const read = readOrFail(fd, offset, length);
  if (read > 0) return piece.subarray(0, read);
  throw replyFailure(450, "The file became shorter while it was sent.");
}

function readOrFail(fd: number, offset: number, length: number): number {
  try {
    return readSync(fd, piece, 0, length, offset);
  } catch (error) {
    throw replyFailure(450, `The file cannot be read: ${(error as Error).message}.`);
  }
}
