// File calls of the C library, which the client uses instead of node:fs: to load that takes 2 of the 13 ms of a small transfer.
// If a call fails, node:fs repeats it and throws the system's error.

import { AT_FDCWD, cString, errno, fs, fstat, isPrivate } from "./file-status.ts";
import { bind } from "./libc.ts";

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

/** Sets the permissions of an open file, if its file system has any: FAT has none, and refuses. */
export function setMode(fd: number, mode: number): void {
  try {
    if (libc?.fchmod(fd, mode) !== 0) fs().fchmodSync(fd, mode);
  } catch {
    // The file is as safe as its file system can make it.
  }
}

/** So much is for nanoseconds in `struct timespec` to set the present time (utimensat(2)). */
const UTIME_NOW = 0x3fffffffn;

/** Sets when an open file was written for the last time, in ms since 1970, if its file system knows such a time. */
export function setTime(fd: number, ms: number): void {
  const seconds = Math.floor(ms / 1000);
  const nanoseconds = Math.round(ms - seconds * 1000) * 1_000_000;
  const times = new BigInt64Array([0n, UTIME_NOW, BigInt(seconds), BigInt(nanoseconds)]);
  try {
    if (libc?.futimens(fd, times) !== 0) fs().futimesSync(fd, new Date(), new Date(ms));
  } catch {
    // The content is what counts.
  }
}

/** What a disk writes at once, in bytes: less is not worth the 3 ms that a thread costs. */
const MIN_THREAD_SYNC = 1024 * 1024;

/**
 * Forces the `bytes` bytes of an open file to the disk. If they are many, another thread does it: a slow disk can take
 * minutes, and the user may interrupt. Rejects with the system's error.
 */
export function sync(fd: number, bytes = 0): Promise<void> {
  if (bytes < MIN_THREAD_SYNC && libc?.fsync(fd) === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    fs().fsync(fd, (error) => (error ? reject(error) : resolve()));
  });
}

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

/** renameat2(2), which old C libraries have no function for; it depends on the processor. */
const SYS_RENAMEAT2 = process.arch === "arm64" ? 276 : 316;
const RENAME_NOREPLACE = 1;
const EEXIST = 17;

/** Renames a file if the new name is free, in one step. Throws EEXIST if it is not. Returns false if the system cannot do that. */
export function renameToFree(from: string, to: string): boolean {
  const [old, free] = [cString(from), cString(to)];
  const result = libc?.syscall(SYS_RENAMEAT2, AT_FDCWD, old, AT_FDCWD, free, RENAME_NOREPLACE);
  if (Number(result ?? -1) === 0) return true;
  if (libc && errno() === EEXIST) throw Object.assign(new Error("EEXIST"), { code: "EEXIST" });
  return false;
}

/** Renames a file, and replaces what had the name in one step. Throws the system's error. */
export function rename(from: string, to: string): void {
  if (libc?.rename(cString(from), cString(to)) !== 0) fs().renameSync(from, to);
}

/** Removes a file if it exists. Throws the system's error. */
export function remove(path: string): void {
  if (libc?.unlink(cString(path)) !== 0) fs().rmSync(path, { force: true });
}

/** Removes all bytes of an open file. */
export function truncate(fd: number): void {
  fs().ftruncateSync(fd, 0);
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

/** How many bytes this user can still write to the file system of `directory`; infinite if the system does not tell. */
export function freeSpace(directory: string): number {
  try {
    const { bavail, bfree, bsize } = fs().statfsSync(directory);
    return (process.geteuid?.() === 0 ? bfree : bavail) * bsize;
  } catch {
    return Infinity;
  }
}

/** Only this user reads and writes the temporary files of a transfer: what comes may be for nobody else. */
export const PRIVATE_MODE = 0o600;

/** Writes a new private file. Throws the system's error; it is EEXIST if the name is taken. */
export function writeText(path: string, content: string): void {
  const fd = openFile(path, ["O_WRONLY", "O_CREAT", "O_EXCL"], PRIVATE_MODE);
  try {
    for (let rest = Buffer.from(content); rest.length > 0;)
      rest = rest.subarray(writeSome(fd, rest));
  } finally {
    closeFile(fd);
  }
}

/** The text of a private file of at most `max` bytes; empty if there is no such file, or if another user could have written it. */
export function readPrivateText(path: string, max: number): string {
  let fd;
  try {
    fd = openFile(path, ["O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK"]);
    const status = fstat(fd);
    return isPrivate(status) && status.size <= max ? fs().readFileSync(fd, "utf8") : "";
  } catch {
    return "";
  } finally {
    if (fd !== undefined) closeFile(fd);
  }
}

function bindFiles() {
  return bind({
    open: { args: ["ptr", "i32", "u32"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
    write: { args: ["i32", "ptr", "u64"], returns: "i64" },
    pwrite: { args: ["i32", "ptr", "u64", "i64"], returns: "i64" },
    fallocate: { args: ["i32", "i32", "i64", "i64"], returns: "i32" },
    access: { args: ["ptr", "i32"], returns: "i32" },
    fsync: { args: ["i32"], returns: "i32" },
    futimens: { args: ["i32", "ptr"], returns: "i32" },
    fchmod: { args: ["i32", "u32"], returns: "i32" },
    syscall: { args: ["i64", "i32", "ptr", "i32", "ptr", "u32"], returns: "i64" },
    link: { args: ["ptr", "ptr"], returns: "i32" },
    rename: { args: ["ptr", "ptr"], returns: "i32" },
    unlink: { args: ["ptr"], returns: "i32" },
  });
}
