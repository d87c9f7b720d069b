// Opens and locks the part file of a destination: the shared one, which later runs find, or a private one if another client has it.

import { quote } from "../text.ts";
import { systemCode, localFailure } from "../errors.ts";
import { errno, fstat, isPrivate, lstat } from "../sys/file-status.ts";
import { closeFile, openFile, PRIVATE_MODE, remove } from "../sys/file.ts";
import { tryLock } from "../sys/libc.ts";
import { splitPath } from "./file-name.ts";

/**
 * Longest name in bytes that goes into the part's name as it is. With `.`, `.ftpart`, `.UUID` and `.version` around it, it
 * fits in the 143 of an encrypted file system (eCryptfs); most others take 255.
 */
const MAX_NAME = 90;

/** How much of its hash stands for a longer name, in hexadecimal digits: two names never share 128 bits. */
const HASH_DIGITS = 32;

/** flock(2) if another process has the lock. */
const EWOULDBLOCK = 11;

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
    const privateFd = openFile(privatePath, ["O_RDWR", "O_CREAT", "O_EXCL"], PRIVATE_MODE);
    return { path: privatePath, fd: privateFd, shared: false };
  } catch (error) {
    throw localFailure(`Cannot save in ${quote(splitPath(path).directory || ".")}`, error);
  }
}

/** True if a part file of some destination, or the file for its version, can have this name. */
export function isPartName(name: string): boolean {
  return /^\..*\.ftpart(\.|$)/s.test(name);
}

/** `.NAME.ftpart` beside the destination: the final link(2) works only within one file system. */
function sharedPath(destination: string): string {
  const { directory, name } = splitPath(destination);
  const isShort = Buffer.byteLength(name) <= MAX_NAME;
  const hash = () => Bun.CryptoHasher.hash("sha256", name, "hex").slice(0, HASH_DIGITS);
  return `${directory}.${isShort ? name : hash()}.ftpart`;
}

/**
 * Returns undefined if another client has locked the shared part file, or if something else has its name: in a directory
 * such as /tmp every user can create a file of that name, and must not choose what our user gets.
 */
function openLocked(path: string): number | undefined {
  if (!tryLock) return undefined;
  const isNew = createFile(path);
  const fd = isNew ?? openExisting(path);
  if (fd === undefined) return undefined;
  const isLocked = tryLock(fd);
  const isTaken = !isLocked && errno() === EWOULDBLOCK;
  if (isLocked && isOurs(fd, path)) return fd;
  // A file system without locks, or without owners: no later run would use this part, so it does not stay.
  if (isNew !== undefined && !isTaken && lstat(path)?.inode === fstat(fd).inode) remove(path);
  closeFile(fd);
  return undefined;
}

/** Returns undefined if the name is taken. */
function createFile(path: string): number | undefined {
  try {
    return openFile(path, ["O_RDWR", "O_CREAT", "O_EXCL"], PRIVATE_MODE);
  } catch (error) {
    if (systemCode(error) === "EEXIST") return undefined;
    throw error;
  }
}

/** Returns undefined for a symbolic link, a directory, a pipe, a file of another user, and one that has just been published. */
function openExisting(path: string): number | undefined {
  try {
    return openFile(path, ["O_RDWR", "O_NOFOLLOW", "O_NONBLOCK"]);
  } catch (error) {
    const codes = ["ELOOP", "EISDIR", "ENXIO", "EACCES", "EPERM", "ENOENT"];
    if (codes.includes(systemCode(error))) return undefined;
    throw error;
  }
}

/**
 * True if nobody but this user can have written the open file, and if it has no name but `path`. Its owner may have
 * published it just before we locked it: then it has another name, or two names if the owner was killed in between.
 * To write to it would damage a whole file.
 */
function isOurs(fd: number, path: string): boolean {
  const status = fstat(fd);
  const isThere = lstat(path)?.inode === status.inode;
  const isOwn = status.isRegular && status.owner === process.geteuid?.();
  if (isThere && isOwn && status.linkCount > 1) remove(path);
  return isThere && isPrivate(status);
}
