// The part file of a destination: claimed under the name that the next run finds, or, where another client has that, under one of our own.

import { systemCode } from "../errors.ts";
import { closeFile, lstat, openFile, remove, fstat } from "../sys/file.ts";
import { tryLock } from "../sys/libc.ts";
import { localFailure, quote, splitPath } from "./save.ts";

/** Longest name, in bytes, that still has room for `.`, `.ftpart` and `.` with a UUID within POSIX's 255. */
const LONGEST_NAME = 210;

/** A part file that is ours, locked where it is `shared` with later runs. */
export interface PartLock {
  readonly path: string;
  readonly fd: number;
  readonly shared: boolean;
}

/** Opens the part file of `destination`. Throws a `Failure` of kind `local`. */
export function lockPart(destination: string): PartLock {
  const path = partPath(destination);
  const fd = openLocked(path);
  if (fd !== undefined) return { path, fd, shared: true };
  const own = `${path}.${crypto.randomUUID()}`;
  return { path: own, fd: openFresh(own), shared: false };
}

/** `.NAME.ftpart` beside the destination, so that the final link stays within one file system. */
function partPath(destination: string): string {
  const { directory, name } = splitPath(destination);
  const short =
    Buffer.byteLength(name) <= LONGEST_NAME ? name : Bun.CryptoHasher.hash("sha256", name, "hex");
  return `${directory}.${short}.ftpart`;
}

/** Opens the common part file and locks it; undefined where another client has it, or where it is not ours to use. */
function openLocked(path: string): number | undefined {
  if (!tryLock) return undefined;
  let fd;
  try {
    fd = openFile(path, ["O_RDWR", "O_CREAT", "O_NOFOLLOW", "O_NONBLOCK"]);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ELOOP" || code === "EISDIR" || code === "ENXIO" || code === "EACCES")
      return undefined;
    throw saveFailure(path, error);
  }
  if (tryLock(fd) && isOnlyName(fd, path)) return fd;
  closeFile(fd);
  return undefined;
}

/**
 * True where the open file is a regular one whose only name is `path`. Before the lock was ours, its owner may have
 * published it: then it has no name, or, if the owner was killed in between, the final name too, and to
 * write to it would damage a whole file.
 */
function isOnlyName(fd: number, path: string): boolean {
  const open = fstat(fd);
  const ours = open.isRegular && lstat(path)?.inode === open.inode;
  if (ours && open.linkCount > 1) remove(path);
  return ours && open.linkCount === 1;
}

function openFresh(path: string): number {
  try {
    return openFile(path, ["O_RDWR", "O_CREAT", "O_EXCL"]);
  } catch (error) {
    throw saveFailure(path, error);
  }
}

function saveFailure(path: string, error: unknown): Error {
  return localFailure(`Cannot save in ${quote(splitPath(path).directory || ".")}`, error);
}
