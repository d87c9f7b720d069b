// Tells which bytes of a file are in memory, and reads the others on a thread, so that a slow disk stops only who wants its bytes.

import type { DiskThread } from "./disk-thread.ts";
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
  /** True if the caller has just read all of it, so that it is in memory. */
  readonly isCached?: boolean;
}

/** The unit in which the kernel holds files, or a part of it. */
const PAGE = 4096;

/** What is read from the disk at a time, in bytes: the least lets a disk of 1 MB/s serve four files in a second, the most costs a fast disk no time. */
const MIN_PIECE = 256 * 1024;
const MAX_PIECE = 1024 * 1024;

/** The distance of two looks into memory, in bytes. What lies between them is rarely missing alone, and each look takes a microsecond. */
const STEP = MIN_PIECE;

/** A read that is faster than this, in ms, allows larger ones; one that is slower than the other makes them smaller. */
const FAST_READ = 20;
const SLOW_READ = 250;

let pieceLength = MIN_PIECE;

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
    // At least a page further: at less than two pages, the half of them would be none, and the search would never end.
    const middle = hit + Math.max(1, Math.floor((miss - hit) / 2 / PAGE)) * PAGE;
    if (isCached(middle)) hit = middle;
    else miss = middle;
  }
  return hit;
}

/** Reads into a buffer on a thread, and returns how many bytes there were. */
async function readInto(
  buffer: Uint8Array,
  { fd, offset, length }: DiskRange,
  thread: DiskThread,
): Promise<number> {
  const started = performance.now();
  const count = Math.min(length, pieceLength);
  const read = await thread.call<number>("readSync", fd, buffer, 0, count, offset);
  adaptLength(performance.now() - started);
  return read;
}

function adaptLength(ms: number): void {
  if (ms < FAST_READ) pieceLength = Math.min(pieceLength * 2, MAX_PIECE);
  else if (ms > SLOW_READ) pieceLength = Math.max(pieceLength / 2, MIN_PIECE);
}

/** Buffers that no read uses now. There are as many in all as reads at one time. */
const spares: Uint8Array[] = [];

/** A read that is given up keeps its buffer until it ends, because it may still write into it. */
async function readPiece<T>(
  range: DiskRange,
  ms: number,
  use: (bytes: Uint8Array) => T,
): Promise<T> {
  const read = async (thread: DiskThread) => {
    const buffer = spares.pop() ?? new Uint8Array(new SharedArrayBuffer(MAX_PIECE));
    const count = await readInto(buffer, range, thread).catch((error: Error) => error);
    return { buffer, count };
  };
  const release = ({ buffer }: { buffer: Uint8Array }) => void spares.push(buffer);
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
