// How many bytes of the disk the files under a directory use, counted up to a limit.

import { type Dirent, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What even an empty file counts: very many names fill a disk as well. */
const LEAST = 4096;
/** POSIX counts the blocks of a file in this unit, in bytes. */
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

// The programs write and delete files while they are counted.
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
