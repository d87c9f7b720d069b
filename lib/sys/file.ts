// File calls of the C library, which the client uses instead of node:fs: to load that takes 2 of the 13 ms of a small transfer.
// If a call fails, node:fs repeats it and throws the system's error.

import { type Pointer, read } from "bun:ffi";
import type * as NodeFs from "node:fs";
import { bind } from "./libc.ts";

/** What statx(2) says about a file. `size` is in bytes. */
export interface FileStatus {
  readonly isRegular: boolean;
  readonly isCharacterDevice: boolean;
  readonly inode: number;
  readonly linkCount: number;
  readonly size: number;
}

/** The flags of open(2) on Linux; one depends on the processor. */
const FLAGS = {
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NONBLOCK: 0o4000,
  O_NOFOLLOW: process.arch === "arm64" ? 0o100000 : 0o400000,
} as const;
const O_CLOEXEC = 0o2000000;

const libc = process.arch === "x64" || process.arch === "arm64" ? bindFiles() : undefined;

const fs = (): typeof NodeFs => process.getBuiltinModule("node:fs");

/** Opens a file and returns its descriptor, which child processes do not inherit. Throws the system's error. */
export function openFile(
  path: string,
  flags: readonly (keyof typeof FLAGS)[],
  mode = 0o666,
): number {
  const bits = flags.reduce((sum, flag) => sum | FLAGS[flag], O_CLOEXEC);
  const fd = libc?.open(cString(path), bits, mode) ?? -1;
  if (fd >= 0) return fd;
  const { constants, openSync } = fs();
  return openSync(
    path,
    flags.reduce((sum, flag) => sum | constants[flag], 0),
    mode,
  );
}

/** Ignores an error, since the kernel closes the descriptor in any case (close(2)). */
export function closeFile(fd: number): void {
  if (libc) libc.close(fd);
  else fs().closeSync(fd);
}

/** Writes at least one of the bytes, at an offset or at the file's own position. Returns how many. Throws the system's error. */
export function writeSome(fd: number, bytes: Uint8Array, offset?: number): number {
  const { length } = bytes;
  const count =
    offset === undefined ? libc?.write(fd, bytes, length) : libc?.pwrite(fd, bytes, length, offset);
  return Number(count ?? -1) > 0
    ? Number(count)
    : fs().writeSync(fd, bytes, 0, length, offset ?? null);
}

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC_STATS = 0x7ff;
const ENOENT = 2;

/** `struct statx`, which is the same on all processors. */
const statxBytes = new Uint8Array(256);
const statx = new DataView(statxBytes.buffer);
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFCHR = 0o020000;

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
  const mode = statx.getUint16(28, true) & S_IFMT;
  return {
    isRegular: mode === S_IFREG,
    isCharacterDevice: mode === S_IFCHR,
    inode: Number(statx.getBigUint64(32, true)),
    linkCount: statx.getUint32(16, true),
    size: Number(statx.getBigUint64(40, true)),
  };
}

function toFileStatus(stats: NodeFs.Stats): FileStatus {
  return {
    isRegular: stats.isFile(),
    isCharacterDevice: stats.isCharacterDevice(),
    inode: stats.ino,
    linkCount: stats.nlink,
    size: stats.size,
  };
}

/** The error number of the last call: no other call on this thread may come in between. */
const errno = (): number => read.i32(libc?.__errno_location() as Pointer);

const W_OK_X_OK = 3;

/** Throws the system's error if no file can be created in the directory. */
export function assertWritable(directory: string): void {
  if (libc?.access(cString(directory), W_OK_X_OK) === 0) return;
  const { accessSync, constants } = fs();
  accessSync(directory, constants.W_OK | constants.X_OK);
}

/** Gives a file a second name. Throws the system's error: EEXIST if the name is taken, even by another process a moment ago. */
export function link(from: string, to: string): void {
  if (libc?.link(cString(from), cString(to)) !== 0) fs().linkSync(from, to);
}

/** Renames a file, and replaces what had the name in one step. Throws the system's error. */
export function rename(from: string, to: string): void {
  if (libc?.rename(cString(from), cString(to)) !== 0) fs().renameSync(from, to);
}

/** Removes a file if it exists. Throws the system's error. */
export function remove(path: string): void {
  if (libc?.unlink(cString(path)) !== 0) fs().rmSync(path, { force: true });
}

/** Cuts an open file to `size` bytes, and frees the space that was reserved behind them. */
export function truncate(fd: number, size = 0): void {
  fs().ftruncateSync(fd, size);
}

const FALLOC_FL_KEEP_SIZE = 1;
const NO_SPACE: Readonly<Record<number, string>> = { 27: "EFBIG", 28: "ENOSPC", 122: "EDQUOT" };

/**
 * Reserves space on the disk for `length` bytes from `offset` on, which makes large writes faster, and leaves the size of
 * the file as it is (fallocate(2)). Throws the system's error if there is no space. Does nothing if the file system cannot reserve.
 */
export function reserveSpace(fd: number, offset: number, length: number): void {
  if (libc?.fallocate(fd, FALLOC_FL_KEEP_SIZE, offset, length) !== -1) return;
  const code = NO_SPACE[errno()];
  if (code) throw Object.assign(new Error(`${code}: fallocate`), { code });
}

/** Writes a new file. Throws the system's error; it is EEXIST if the name is taken. */
export function writeText(path: string, content: string): void {
  const fd = openFile(path, ["O_WRONLY", "O_CREAT", "O_EXCL"]);
  try {
    for (let rest = Buffer.from(content); rest.length > 0;)
      rest = rest.subarray(writeSome(fd, rest));
  } finally {
    closeFile(fd);
  }
}

/** The text of a short file; empty if it does not exist, is a symbolic link or cannot be read. */
export function readText(path: string): string {
  const { constants, readFileSync } = fs();
  const flag = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    return readFileSync(path, { encoding: "utf8", flag });
  } catch {
    return "";
  }
}

/** A path with the NUL that C expects at its end. */
function cString(path: string): Uint8Array {
  return Buffer.from(`${path}\0`);
}

function bindFiles() {
  return bind({
    open: { args: ["ptr", "i32", "u32"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
    write: { args: ["i32", "ptr", "u64"], returns: "i64" },
    pwrite: { args: ["i32", "ptr", "u64", "i64"], returns: "i64" },
    statx: { args: ["i32", "ptr", "i32", "u32", "ptr"], returns: "i32" },
    fallocate: { args: ["i32", "i32", "i64", "i64"], returns: "i32" },
    access: { args: ["ptr", "i32"], returns: "i32" },
    link: { args: ["ptr", "ptr"], returns: "i32" },
    rename: { args: ["ptr", "ptr"], returns: "i32" },
    unlink: { args: ["ptr"], returns: "i32" },
    __errno_location: { args: [], returns: "ptr" },
  });
}
