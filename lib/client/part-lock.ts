// Opens and locks the part file of a destination: the shared one, which later runs find, or a private one if another client has it.

import { quote } from "../text.ts";
import { systemCode, localFailure } from "../errors.ts";
import { closeFile, lstat, openFile, remove, fstat } from "../sys/file.ts";
import { tryLock } from "../sys/libc.ts";
import { splitPath } from "./save.ts";

/** Longest name in bytes that goes into the part's name as it is. With `.`, `.ftpart` and `.UUID` around it, it fits in the 255 of POSIX. */
const MAX_NAME = 210;

/** The open part file. It is locked if it is `shared` with later runs. */
export interface PartLock {
  readonly path: string;
  readonly fd: number;
  readonly shared: boolean;
}

/** Throws a `Failure` of kind `local` if no part file can be opened. */
export function lockPart(destination: string): PartLock {
  const path = sharedPath(destination);
  try {
    const fd = openLocked(path);
    if (fd !== undefined) return { path, fd, shared: true };
    const privatePath = `${path}.${crypto.randomUUID()}`;
    const privateFd = openFile(privatePath, ["O_RDWR", "O_CREAT", "O_EXCL"]);
    return { path: privatePath, fd: privateFd, shared: false };
  } catch (error) {
    throw localFailure(`Cannot save in ${quote(splitPath(path).directory || ".")}`, error);
  }
}

/** `.NAME.ftpart` beside the destination: the final link(2) works only within one file system. */
function sharedPath(destination: string): string {
  const { directory, name } = splitPath(destination);
  const isShort = Buffer.byteLength(name) <= MAX_NAME;
  return `${directory}.${isShort ? name : Bun.CryptoHasher.hash("sha256", name, "hex")}.ftpart`;
}

/** Returns undefined if another client has locked the shared part file, or if something else has its name. */
function openLocked(path: string): number | undefined {
  if (!tryLock) return undefined;
  let fd;
  try {
    fd = openFile(path, ["O_RDWR", "O_CREAT", "O_NOFOLLOW", "O_NONBLOCK"]);
  } catch (error) {
    // A symbolic link, a directory, a pipe, or a file of another user.
    if (["ELOOP", "EISDIR", "ENXIO", "EACCES"].includes(systemCode(error))) return undefined;
    throw error;
  }
  if (tryLock(fd) && isOnlyName(fd, path)) return fd;
  closeFile(fd);
  return undefined;
}

/**
 * True if the open file is regular and has no name but `path`. Its owner may have published it just before we locked it:
 * then it has another name, or two names if the owner was killed in between. To write to it would damage a whole file.
 */
function isOnlyName(fd: number, path: string): boolean {
  const status = fstat(fd);
  const isThere = status.isRegular && lstat(path)?.inode === status.inode;
  if (isThere && status.linkCount > 1) remove(path);
  return isThere && status.linkCount === 1;
}
