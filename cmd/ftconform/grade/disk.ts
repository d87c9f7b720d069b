// How much of the disk lies under a directory, counted only as far as anybody wants to know.

import { type Dirent, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The least that a file takes, be it empty: a flood of names fills a disk as well. */
const LEAST = 4096;
/** Of a file, in bytes: POSIX counts the blocks that it really has in this unit. */
const BLOCK = 512;

/** The bytes under it; once they are more than `enough` it counts no further. */
export function diskUse(directory: string, enough: number): number {
  let sum = 0;
  const open = [directory];
  for (let next = open.pop(); next !== undefined && sum <= enough; next = open.pop()) {
    for (const entry of entries(next)) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) open.push(path);
      sum += Math.max(LEAST, size(path));
      if (sum > enough) break;
    }
  }
  return sum;
}

// Who is counted goes on writing and deleting.
function entries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function size(path: string): number {
  return (lstatSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * BLOCK;
}
