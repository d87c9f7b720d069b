// Gives a received file its final name, and never replaces another file unless the user says so.

import { quote } from "../text.ts";
import { Failure, systemCode, localFailure } from "../errors.ts";
import { lstat } from "../sys/file-status.ts";
import {
  assertWritable,
  closeFile,
  link,
  openFile,
  remove,
  rename,
  renameToFree,
  sync,
} from "../sys/file.ts";
import { listNames, MAX_NAMES, splitPath } from "./file-name.ts";

/** What to do if the destination exists: fail, save under a free name, or replace it. */
export type OnDuplicate = "refuse" | "rename" | "overwrite";

/** The permissions of a new file before the user's mask takes some away. */
const NEW_FILE_MODE = 0o666;

/**
 * Checks before the request whether a file can be saved as `path`. Throws a `Failure` of kind `local` if the directory
 * is not writable, if the file system does not take the name, if the name is taken under `refuse`, if `rename` finds no
 * free one, or if `overwrite` would replace something else than a regular file, such as a link, a pipe or a directory.
 */
export function checkDestination(path: string, policy: OnDuplicate): void {
  const directory = splitPath(path).directory || ".";
  try {
    assertWritable(directory);
  } catch (error) {
    throw localFailure(`Cannot save in ${quote(directory)}`, error);
  }
  try {
    if (policy !== "rename") assertFree(path, policy);
    else if (!listNames(path).some((name) => lstat(name) === undefined)) throw noFreeName(path);
  } catch (error) {
    throw error instanceof Failure ? error : localFailure(`Cannot save ${quote(path)}`, error);
  }
}

/**
 * The permissions that the file will have: of the file that it replaces, or of any new file of this user. A file of another
 * user can take permissions away, but it cannot give any: he would choose who may write to ours.
 */
export function findMode(path: string, policy: OnDuplicate): number {
  const usual = NEW_FILE_MODE & ~process.umask();
  const replaced = policy === "overwrite" ? lstat(path) : undefined;
  if (!replaced) return usual;
  return replaced.owner === process.geteuid?.() ? replaced.mode : replaced.mode & usual;
}

/** Gives the file `part` its final name, and returns that: under `rename` it can differ from `path`. */
export function publish(part: string, path: string, policy: OnDuplicate): string {
  if (policy === "overwrite") return replace(part, path);
  for (const name of listNames(path)) {
    try {
      moveToNew(part, name);
      return name;
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw localFailure(`Cannot save ${quote(name)}`, error);
      if (policy === "refuse") throw duplicateFailure(path);
    }
  }
  throw noFreeName(path);
}

/** Forces the name of a file to the disk, which belongs to its directory. Some file systems cannot, and do not need it. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const fd = openFile(splitPath(path).directory || ".", ["O_RDONLY"]);
    await sync(fd).finally(() => closeFile(fd));
  } catch (error) {
    if (systemCode(error) !== "EIO") return;
    throw localFailure(`${quote(path)} was saved, but may be lost in a power failure`, error);
  }
}

function noFreeName(path: string): Failure {
  return new Failure("local", `${quote(path)} and ${MAX_NAMES} numbered names exist already.`);
}

function replace(part: string, path: string): string {
  assertFree(path, "overwrite");
  try {
    rename(part, path);
    return path;
  } catch (error) {
    throw localFailure(`Cannot save ${quote(path)}`, error);
  }
}

/**
 * Fails with EEXIST if `name` exists. The system checks and renames in one step: between two steps another program could
 * create the file. What some file systems lack is replaced by the next best: a second name, which is as safe, or, on those
 * without second names, an empty file of that name, which is then replaced.
 */
function moveToNew(part: string, name: string): void {
  if (renameToFree(part, name)) return;
  try {
    link(part, name);
  } catch (error) {
    if (systemCode(error) === "EEXIST") throw error;
    return moveOverEmpty(part, name);
  }
  removeQuietly(part); // the file has its name, whatever becomes of the other one
}

function moveOverEmpty(part: string, name: string): void {
  closeFile(openFile(name, ["O_WRONLY", "O_CREAT", "O_EXCL"]));
  try {
    rename(part, name);
  } catch (error) {
    removeQuietly(name);
    throw error;
  }
}

function removeQuietly(path: string): void {
  try {
    remove(path);
  } catch {
    // The caller has something more important to report.
  }
}

function assertFree(path: string, policy: OnDuplicate): void {
  const status = lstat(path);
  if (!status) return;
  if (!status.isRegular) {
    const what = "exists and is not a regular file, so it is not replaced";
    throw new Failure("local", `${quote(path)} ${what}: save under another name with --output.`);
  }
  if (policy === "refuse") throw duplicateFailure(path);
}

function duplicateFailure(path: string): Failure {
  return new Failure(
    "local",
    `${quote(path)} exists already: use --on-duplicate rename or overwrite, or save under another name with --output.`,
  );
}
