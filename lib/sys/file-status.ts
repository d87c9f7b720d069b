// What a file is, who owns it, and who may write to it, without the time that node:fs takes to load.

import { type Pointer, read } from "bun:ffi";
import type * as NodeFs from "node:fs";
import { bind } from "./libc.ts";

/** What statx(2) says about a file. `mode` has its permissions only, `owner` is a user's number, and `size` is in bytes. */
export interface FileStatus {
  readonly isRegular: boolean;
  readonly isDirectory: boolean;
  readonly isCharacterDevice: boolean;
  readonly mode: number;
  readonly owner: number;
  readonly inode: number;
  readonly linkCount: number;
  readonly size: number;
}

const libc = process.arch === "x64" || process.arch === "arm64" ? bindStatus() : undefined;

/** node:fs, which is loaded only if it is needed. */
export const fs = (): typeof NodeFs => process.getBuiltinModule("node:fs");

/** Stands for the current directory in calls that take a directory. */
export const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC_STATS = 0x7ff;
const ENOENT = 2;

/** `struct statx`, which is the same on all processors. */
const statxBytes = new Uint8Array(256);
const statx = new DataView(statxBytes.buffer);
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFDIR = 0o040000;
const S_IFCHR = 0o020000;
const PERMISSIONS = 0o777;

/** The status of an open file. */
export function fstat(fd: number): FileStatus {
  const result = libc?.statx(fd, cString(""), AT_EMPTY_PATH, STATX_BASIC_STATS, statxBytes);
  return result === 0 ? readStatx() : toFileStatus(fs().fstatSync(fd));
}

/** The status of a path, which is not followed if it is a symbolic link. Undefined if it does not exist. */
export function lstat(path: string): FileStatus | undefined {
  const name = cString(path);
  const result = libc?.statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, statxBytes);
  if (result === 0) return readStatx();
  if (result === -1 && errno() === ENOENT) return undefined;
  const stats = fs().lstatSync(path, { throwIfNoEntry: false }) as NodeFs.Stats | undefined;
  return stats && toFileStatus(stats);
}

function readStatx(): FileStatus {
  const mode = statx.getUint16(28, true);
  const type = mode & S_IFMT;
  return {
    isRegular: type === S_IFREG,
    isDirectory: type === S_IFDIR,
    isCharacterDevice: type === S_IFCHR,
    mode: mode & PERMISSIONS,
    owner: statx.getUint32(20, true),
    inode: Number(statx.getBigUint64(32, true)),
    linkCount: statx.getUint32(16, true),
    size: Number(statx.getBigUint64(40, true)),
  };
}

function toFileStatus(stats: NodeFs.Stats): FileStatus {
  return {
    isRegular: stats.isFile(),
    isDirectory: stats.isDirectory(),
    isCharacterDevice: stats.isCharacterDevice(),
    mode: stats.mode & PERMISSIONS,
    owner: stats.uid,
    inode: stats.ino,
    linkCount: stats.nlink,
    size: stats.size,
  };
}

/** Who may write to a file besides its owner: its group, and everybody. */
const OTHERS_WRITE = 0o022;

/** True if nobody else can have written the file: it is regular, of this user, has no second name, and only its owner may write. */
export function isPrivate(status: FileStatus): boolean {
  const { isRegular, owner, linkCount, mode } = status;
  return isRegular && owner === process.geteuid?.() && linkCount === 1 && !(mode & OTHERS_WRITE);
}

/** The error number of the last call: no other call on this thread may come in between. */
export const errno = (): number => read.i32(libc?.__errno_location() as Pointer);

/** A path with the NUL that C expects at its end. */
export function cString(path: string): Uint8Array {
  return Buffer.from(`${path}\0`);
}

function bindStatus() {
  return bind({
    statx: { args: ["i32", "ptr", "i32", "u32", "ptr"], returns: "i32" },
    __errno_location: { args: [], returns: "ptr" },
  });
}
