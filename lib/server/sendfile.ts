// Sends a part of a file on a connection: by sendfile(2) with no copy in user space, or by read and write.

import { readSync } from "node:fs";
import type { Connection } from "../net/connection.ts";
import { Failure, replyFailure } from "../errors.ts";
import { type Disk, type DiskRange, systemDisk } from "../sys/disk.ts";
import { kernelSend } from "../sys/libc.ts";

/** `sendfile` needs Linux; `copy` works on every system and sends the same bytes. */
export type SendMethod = "sendfile" | "copy";

/** The fastest method of this system. */
export const BEST_METHOD: SendMethod = kernelSend ? "sendfile" : "copy";

/** `stall` is the longest wait for a peer that does not read, or for the disk, in ms. `onSent` is called after each piece. */
export interface SendOptions {
  readonly method: SendMethod;
  readonly disk?: Disk;
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
  from: DiskRange,
  options: SendOptions,
): Promise<void> {
  if (from.length > TURN) to.disablePacing();
  activeCount++;
  await sendAll(to, from, options).finally(() => activeCount--);
}

async function sendAll(to: Connection, from: DiskRange, options: SendOptions): Promise<void> {
  const end = from.offset + from.length;
  for (let { offset } = from, turn = TURN; offset < end;) {
    const length = Math.min(end - offset, turn);
    const count = await sendSome(to, { ...from, offset, length }, options);
    offset += count;
    turn -= count;
    options.onSent?.(count);
    if (turn <= 0) {
      turn = activeCount > 1 ? SHARED_TURN : TURN;
      await new Promise(setImmediate);
    }
  }
}

/** Sends the first bytes of a range, at least one; this thread never waits for a disk. Returns how many. */
function sendSome(
  to: Connection,
  range: DiskRange,
  options: SendOptions,
): number | Promise<number> {
  const { fd, offset, length, isCached = false } = range;
  const { disk = systemDisk, method, stall } = options;
  const cached = isCached ? length : disk.countCached(fd, offset, length);
  if (cached === 0) return sendCold(to, range, disk, stall);
  const send = method === "sendfile" ? kernelSend : undefined;
  const count = send?.(to.fd, fd, offset, cached) ?? -1;
  if (count > 0) return count;
  // The socket is full, broken, or does not support the call: a write of the same bytes finds out which.
  return push(to, readPiece(fd, offset, Math.min(cached, send ? PROBE : PIECE)), stall);
}

/** What is not in memory is read on a thread, and sent from there. What the socket does not take is in memory the next time. */
async function sendCold(
  to: Connection,
  range: DiskRange,
  disk: Disk,
  stall: number,
): Promise<number> {
  const use = (bytes: Uint8Array) => push(to, assertNotEmpty(bytes), stall);
  return await disk.read(range, stall, use).catch(rethrowReadError);
}

/** Returns how many bytes the socket took. If it is full then, waits until it has room. */
function push(to: Connection, bytes: Uint8Array, stall: number): number | Promise<number> {
  const count = to.push(bytes);
  return count === bytes.length ? count : to.waitForDrain(stall).then(() => count);
}

function readPiece(fd: number, offset: number, length: number): Uint8Array {
  try {
    return assertNotEmpty(buffer.subarray(0, readSync(fd, buffer, 0, length, offset)));
  } catch (error) {
    return rethrowReadError(error);
  }
}

function assertNotEmpty(bytes: Uint8Array): Uint8Array {
  if (bytes.length > 0) return bytes;
  throw replyFailure(
    450,
    "The file ended before the size that its file system had told: it became shorter, or that size was wrong.",
  );
}

function rethrowReadError(error: unknown): never {
  if (error instanceof Failure) throw error;
  throw replyFailure(450, `The file cannot be read: ${(error as Error).message}.`);
}
