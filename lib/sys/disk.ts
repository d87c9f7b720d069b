// Tells which bytes of a file are in memory, and reads the others on a thread, so that a slow disk stops only who wants its bytes.

import { read } from "node:fs";
import { readThreads } from "./disk-threads.ts";
import { readCached } from "./libc.ts";

/** What a transfer needs of the disk. */
export interface Disk {
  /** How many of `length` bytes from `offset` on can be read without a wait; 0 also if nobody knows. */
  countCached(fd: number, offset: number, length: number): number;
  /** Reads at most `length` bytes on a thread, within `ms` milliseconds, and gives them to `use` before it returns. */
  read<T>(range: DiskRange, ms: number, use: (bytes: Uint8Array) => T): Promise<T>;
}

/** A part of an open file, in bytes. */
export interface DiskRange {
  readonly fd: number;
  readonly offset: number;
  readonly length: number;
}

/** The distance of two looks into memory, in bytes: the kernel reads ahead in such steps, so what lies between is rarely missing. */
const STEP = 128 * 1024;

/** The unit in which the kernel holds files, or a part of it. */
const PAGE = 4096;

/** The most that is read from the disk at a time, in bytes: a disk of 1 MB/s then serves another file four times a second. */
export const COLD_PIECE: number = 256 * 1024;

const oneByte = new Uint8Array(1);

/** Looks at one byte in each step and at the last one; between the last hit and the first miss it looks for the border. */
function countCached(fd: number, offset: number, length: number): number {
  const isCached = (at: number) => (readCached?.(fd, oneByte, at) ?? -1) >= 0;
  const last = offset + length - 1;
  if (!isCached(offset)) return 0;
  for (let hit = offset; hit < last;) {
    const next = Math.min(hit + STEP, last);
    if (!isCached(next)) {
      const page = Math.floor(findBorder(hit, next, isCached) / PAGE);
      return Math.min((page + 1) * PAGE - offset, length);
    }
    hit = next;
  }
  return length;
}

/** An offset in the last page before the first one that is missing. The byte at `hit` is in memory, the one at `miss` is not. */
function findBorder(hit: number, miss: number, isCached: (at: number) => boolean): number {
  while (miss - hit > PAGE) {
    const middle = hit + Math.floor((miss - hit) / 2 / PAGE) * PAGE;
    if (isCached(middle)) hit = middle;
    else miss = middle;
  }
  return hit;
}

/** Reads into a buffer on a thread of the runtime, and resolves to how many bytes there were. */
function readOnThread({ fd, offset, length }: DiskRange, buffer: Buffer): Promise<number> {
  return new Promise((resolve, reject) =>
    read(fd, buffer, 0, Math.min(length, COLD_PIECE), offset, (error, count) =>
      error ? reject(error) : resolve(count),
    ),
  );
}

/** Buffers that no read uses now. There are as many in all as reads at one time. */
const spares: Buffer[] = [];

/** A read that is given up keeps its buffer until it ends, because it may still write into it. */
async function readPiece<T>(
  range: DiskRange,
  ms: number,
  use: (bytes: Uint8Array) => T,
): Promise<T> {
  const read = async () => {
    const buffer = spares.pop() ?? Buffer.allocUnsafeSlow(COLD_PIECE);
    const count = await readOnThread(range, buffer).catch((error: Error) => error);
    return { buffer, count };
  };
  const release = ({ buffer }: { buffer: Buffer }) => void spares.push(buffer);
  const piece = await readThreads.run(read, ms, release);
  try {
    if (piece.count instanceof Error) throw piece.count;
    return use(piece.buffer.subarray(0, piece.count));
  } finally {
    release(piece);
  }
}

/** The disks of this system. */
export const systemDisk: Disk = { countCached, read: readPiece };
