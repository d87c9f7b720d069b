// Sends a part of a file on a connection: by sendfile(2) with no copy in user space, or by read and write.

import { readSync } from "node:fs";
import type { Connection } from "../net/connection.ts";
import { replyFailure } from "../errors.ts";
import { kernelSend, type KernelSend } from "../sys/libc.ts";

/** `sendfile` needs Linux; `copy` works on every system and sends the same bytes. */
export type SendMethod = "sendfile" | "copy";

/** The fastest method of this system. */
export const BEST_METHOD: SendMethod = kernelSend ? "sendfile" : "copy";

/** A part of an open file, in bytes. */
export interface FileRange {
  readonly fd: number;
  readonly offset: number;
  readonly length: number;
}

/** `stall` is the longest wait for a peer that does not read, in ms. `onSent` is called after each piece. */
export interface SendOptions {
  readonly method: SendMethod;
  readonly stall: number;
  readonly onSent?: (bytes: number) => void;
}

/** Bytes sent before others get their turn: enough for full speed with one client, and only about a millisecond for the others. */
const TURN = 1024 * 1024;

/** The same while several files are sent: a small file waits for several turns of each large one. */
const SHARED_TURN = 64 * 1024;

/** How many files are sent now. */
let activeCount = 0;

/** Bytes copied at a time. If the socket takes only some of them, the rest is read again. */
const PIECE = 64 * 1024;

/** Bytes copied if sendfile(2) took nothing: the write makes Bun watch the socket for room, or shows what is wrong. */
const PROBE = 4 * 1024;

/** One buffer for all clients: there is no wait between the read of a piece and its write. */
const buffer = Buffer.allocUnsafeSlow(PIECE);

/**
 * Sends a part of a file, and lets others have their turn in between. Throws a `Failure` of code 450 if the file is too
 * short or cannot be read, and of code 426 if the peer leaves or does not read. Needs the same memory for any length.
 */
export async function sendFile(
  to: Connection,
  from: FileRange,
  options: SendOptions,
): Promise<void> {
  if (from.length > TURN) to.disablePacing();
  activeCount++;
  await sendAll(to, from, options).finally(() => activeCount--);
}

async function sendAll(to: Connection, from: FileRange, options: SendOptions): Promise<void> {
  const send = options.method === "sendfile" && kernelSend ? kernelSend : sendNothing;
  const end = from.offset + from.length;
  for (let offset = from.offset, turn = TURN; offset < end;) {
    const max = Math.min(end - offset, turn);
    let count = send(to.fd, from.fd, offset, max);
    if (count <= 0) {
      // The socket is full, broken, or does not support the call: a write of the same bytes finds out which.
      const bytes = readPiece(from.fd, offset, Math.min(max, send === sendNothing ? PIECE : PROBE));
      count = to.push(bytes);
      if (count < bytes.length) await to.waitForDrain(options.stall);
    }
    offset += count;
    turn -= count;
    options.onSent?.(count);
    if (turn <= 0) {
      turn = activeCount > 1 ? SHARED_TURN : TURN;
      await new Promise(setImmediate);
    }
  }
}

const sendNothing: KernelSend = () => -1;

function readPiece(fd: number, offset: number, length: number): Uint8Array {
  const read = readAt(fd, offset, length);
  if (read > 0) return buffer.subarray(0, read);
  throw replyFailure(450, "The file became shorter while it was sent.");
}

function readAt(fd: number, offset: number, length: number): number {
  try {
    return readSync(fd, buffer, 0, length, offset);
  } catch (error) {
    throw replyFailure(450, `The file cannot be read: ${(error as Error).message}.`);
  }
}
