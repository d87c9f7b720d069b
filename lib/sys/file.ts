// Files by calls of the C library, since node:fs takes a quarter of a small transfer to load; what fails is done again by node:fs, which says why.

import { type Pointer, read } from "bun:ffi";
import type * as NodeFs from "node:fs";
import { bind } from "./libc.ts";

/** What is known of a file (statx(2)). `names` counts its hard links, `size` is in bytes. */
export interface FileStatus {
  readonly isRegular: boolean;
  readonly isCharacterDevice: boolean;
  readonly inode: number;
  readonly linkCount: number;
  readonly size: number;
}

/** The flags of open(2) by their numbers on Linux, where one depends on the processor. */
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

/** Opens a file, and returns its descriptor, which no other program inherits. Throws the system's error. */
export function openFile(
  path: string,
  flags: readonly (keyof typeof FLAGS)[],
  mode = 0o666,
): number {
  const bits = flags.reduce((sum, flag) => sum | FLAGS[flag], O_CLOEXEC);
  const fd = libc?.open(text(path), bits, mode) ?? -1;
  if (fd >= 0) return fd;
  const { constants, openSync } = fs();
  return openSync(
    path,
    flags.reduce((sum, flag) => sum | constants[flag], 0),
    mode,
  );
}

/** Gives a descriptor back, which the kernel takes whatever it says of it (close(2)). */
export function closeFile(fd: number): void {
  if (libc) libc.close(fd);
  else fs().closeSync(fd);
}

/** Writes at least one of the bytes: to a place in a file, or where it stands; returns how many. Throws the system's error. */
export function writeSome(fd: number, bytes: Uint8Array, at?: number): number {
  const count = at === undefined ? put(fd, bytes) : putAt(fd, bytes, at);
  return count > 0 ? count : fs().writeSync(fd, bytes, 0, bytes.length, at ?? null);
}

const put = (fd: number, bytes: Uint8Array): number =>
  Number(libc?.write(fd, bytes, bytes.length) ?? -1);
const putAt = (fd: number, bytes: Uint8Array, at: number): number =>
  Number(libc?.pwrite(fd, bytes, bytes.length, at) ?? -1);

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC_STATS = 0x7ff;
const ENOENT = 2;

/** `struct statx`, which is the same on every processor. */
const block = new Uint8Array(256);
const statx = new DataView(block.buffer);
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFCHR = 0o020000;

/** What an open file is. */
export function fstat(fd: number): FileStatus {
  const failed = libc?.statx(fd, text(""), AT_EMPTY_PATH, STATX_BASIC_STATS, block);
  return failed === 0 ? filled() : fromNode(fs().fstatSync(fd));
}

/** What a name stands for, a symbolic link for itself; undefined where it does not exist. */
export function lstat(path: string): FileStatus | undefined {
  const failed = libc?.statx(AT_FDCWD, text(path), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, block);
  if (failed === 0) return filled();
  if (failed === -1 && errno() === ENOENT) return undefined;
  const there = fs().lstatSync(path, { throwIfNoEntry: false }) as NodeFs.Stats | undefined;
  return there && fromNode(there);
}

function filled(): FileStatus {
  const mode = statx.getUint16(28, true) & S_IFMT;
  return {
    isRegular: mode === S_IFREG,
    isCharacterDevice: mode === S_IFCHR,
    inode: Number(statx.getBigUint64(32, true)),
    linkCount: statx.getUint32(16, true),
    size: Number(statx.getBigUint64(40, true)),
  };
}

function fromNode(stats: NodeFs.Stats): FileStatus {
  return {
    isRegular: stats.isFile(),
    isCharacterDevice: stats.isCharacterDevice(),
    inode: stats.ino,
    linkCount: stats.nlink,
    size: stats.size,
  };
}

/** Of the call just made: nothing else on this thread has called the library since. */
const errno = (): number => read.i32(libc?.__errno_location() as Pointer);

const W_OK_X_OK = 3;

/** Throws the system's error where no name can be made in the directory. */
export function assertWritable(directory: string): void {
  if (libc?.access(text(directory), W_OK_X_OK) === 0) return;
  const { accessSync, constants } = fs();
  accessSync(directory, constants.W_OK | constants.X_OK);
}

/** Gives a file one more name. Throws the system's error, EEXIST where the name is taken: in one step with the look, so that nobody comes in between. */
export function link(from: string, to: string): void {
  if (libc?.link(text(from), text(to)) !== 0) fs().linkSync(from, to);
}

/** Moves a name, in one step, over what had it. Throws the system's error. */
export function rename(from: string, to: string): void {
  if (libc?.rename(text(from), text(to)) !== 0) fs().renameSync(from, to);
}

/** Takes a name away, if it is there. Throws the system's error. */
export function remove(path: string): void {
  if (libc?.unlink(text(path)) !== 0) fs().rmSync(path, { force: true });
}

/** Cuts an open file to `size` bytes, and gives back what was reserved behind them. */
export function truncate(fd: number, size = 0): void {
  fs().ftruncateSync(fd, size);
}

const FALLOC_FL_KEEP_SIZE = 1;
const NO_ROOM: Readonly<Record<number, string>> = { 27: "EFBIG", 28: "ENOSPC", 122: "EDQUOT" };

/**
 * Reserves room for `length` bytes from `from` on, and leaves the size of the file as it is: large writes are quicker so
 * (fallocate(2)). Throws the system's error where there is no such room; where the file system cannot do it, nothing happens.
 */
export function reserveSpace(fd: number, from: number, length: number): void {
  if (libc?.fallocate(fd, FALLOC_FL_KEEP_SIZE, from, length) !== -1) return;
  const code = NO_ROOM[errno()];
  if (code) throw Object.assign(new Error(`${code}: fallocate`), { code });
}

/** Writes a new file; fails where there is anything of that name. */
export function writeText(path: string, content: string): void {
  const fd = openFile(path, ["O_WRONLY", "O_CREAT", "O_EXCL"]);
  try {
    for (let rest = Buffer.from(content); rest.length > 0;)
      rest = rest.subarray(writeSome(fd, rest));
  } finally {
    closeFile(fd);
  }
}

/** A short file's text; empty where there is none, or where the name stands for a link or a pipe. */
export function readText(path: string): string {
  const { constants, readFileSync } = fs();
  const flag = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    return readFileSync(path, { encoding: "utf8", flag });
  } catch {
    return "";
  }
}

/** As C wants it, with a NUL at the end. */
function text(path: string): Uint8Array {
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
