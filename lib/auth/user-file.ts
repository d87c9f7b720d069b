// Changes the user file: one program at a time, in one step, and safe on the disk before it is told.

import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Failure, localFailure, systemCode } from "../errors.ts";
import { tryLock } from "../sys/libc.ts";
import { quote } from "../text.ts";
import { formatUsers, readUsers } from "./users.ts";

/** How long to wait for other programs that change the file, in ms: each of them needs a few. */
const LOCK_TIMEOUT = 10_000;

/** How long to wait before the lock is tried again, in ms. */
const RETRY_DELAY = 10;

/** Only its owner may read the file. */
const NEW_MODE = 0o600;

/**
 * Reads the users, lets `change` change them, and replaces the file; owner and mode stay. A server that reads at the same
 * time sees the old file or the new one. Nothing is written if `change` throws. `isNew` creates a missing file.
 */
export async function updateUsers(
  path: string,
  change: (users: Map<string, string>) => void,
  isNew = false,
): Promise<void> {
  if (!isNew) readUsers(path); // it says best what is wrong with a missing file
  const existed = existsSync(path);
  using lock = await lockFile(path, isNew);
  const old = fstatSync(lock.fd);
  try {
    const users = readUsers(path);
    change(users);
    replaceFile(path, formatUsers(users), old);
  } catch (error) {
    if (!existed && old.size === 0) rmSync(path, { force: true }); // the lock made it
    throw error;
  }
}

/** Locks the file itself, since only its owner can open it: a stranger could keep anything else locked. */
async function lockFile(
  path: string,
  isNew: boolean,
): Promise<{ readonly fd: number } & Disposable> {
  const deadline = performance.now() + LOCK_TIMEOUT;
  for (;;) {
    const fd = openForLock(path, isNew);
    if (!tryLock || (tryLock(fd) && isStillAt(fd, path)))
      return { fd, [Symbol.dispose]: () => closeSync(fd) };
    closeSync(fd);
    if (performance.now() > deadline)
      throw new Failure("local", `Another program holds the lock of ${quote(path)}: try again.`);
    await Bun.sleep(RETRY_DELAY);
  }
}

/** A link is not followed: it may have been put there to have another file replaced. A pipe is not waited for. */
const SAFELY = constants.O_NOFOLLOW | constants.O_NONBLOCK;

function openForLock(path: string, isNew: boolean): number {
  try {
    return openWritable(path, isNew);
  } catch (error) {
    if (systemCode(error) !== "ELOOP") throw localFailure(`Cannot write ${quote(path)}`, error);
    throw new Failure(
      "local",
      `${quote(path)} is a symbolic link: name the file that it leads to.`,
    );
  }
}

/** NFS locks only what is open for writing, but the owner may have taken that right from himself. */
function openWritable(path: string, isNew: boolean): number {
  const { O_RDONLY, O_RDWR, O_CREAT } = constants;
  try {
    return openSync(path, O_RDWR | SAFELY);
  } catch (error) {
    const code = systemCode(error);
    if (code === "EACCES") return openSync(path, O_RDONLY | SAFELY);
    if (code === "ENOENT" && isNew) return openSync(path, O_RDWR | O_CREAT | SAFELY, NEW_MODE);
    throw error;
  }
}

/** False if another program has replaced the file since it was opened: then the lock is one of the old file. */
function isStillAt(fd: number, path: string): boolean {
  const [here, there] = [fstatSync(fd), statSync(path, { throwIfNoEntry: false })];
  return here.ino === there?.ino && here.dev === there.dev;
}

/** The new file has a name that nobody can guess, and take before, and it is on the disk before it takes the place of the old one. */
function replaceFile(path: string, text: string, old: Stats): void {
  const directory = dirname(path);
  const temporary = join(directory, `.ftpasswd-${crypto.randomUUID()}`);
  try {
    writeSynced(temporary, text, old);
    renameSync(temporary, path);
    syncDirectory(directory);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw localFailure(`Cannot write ${quote(path)}`, error);
  }
}

function writeSynced(path: string, text: string, old: Stats): void {
  const fd = openSync(path, "wx", NEW_MODE);
  try {
    writeFileSync(fd, text);
    keepOwner(fd, old);
    fchmodSync(fd, old.mode & 0o7777);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Root keeps the owner. Others may own a file of a group that they cannot give: the mode gives the group nothing anyway. */
function keepOwner(fd: number, old: Stats): void {
  const { uid, gid } = fstatSync(fd);
  if (uid === old.uid && gid === old.gid) return;
  try {
    fchownSync(fd, old.uid, old.gid);
  } catch (error) {
    if (uid !== old.uid) throw error;
  }
}

/** Without this a crash could bring back the old file. Some file systems cannot do it, and say EINVAL (fsync(2)). */
function syncDirectory(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } catch (error) {
    if (systemCode(error) !== "EINVAL") throw error;
  } finally {
    closeSync(fd);
  }
}
