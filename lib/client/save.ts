// The final name of a received file: checked before the request, given only to a whole file, never taken from another.

import { Failure, systemCode } from "../errors.ts";
import { assertWritable, closeFile, link, lstat, openFile, remove, rename } from "../sys/file.ts";

/** What to do where the destination exists: fail, save under a free name, or replace it. */
export type OnDuplicate = "refuse" | "rename" | "overwrite";

/** How many names `rename` tries: who has more copies of a file than this has another problem. */
const MOST_NAMES = 10_000;

/**
 * Finds out before anything is sent whether a file could be saved as `path`. Throws a `Failure` of kind `local` where
 * the directory cannot be written to, the policy is `refuse` and the name is taken, or it is `overwrite` and what is
 * there is no regular file: a link is never followed, and a pipe or a directory never replaced.
 */
export function checkDestination(path: string, policy: OnDuplicate): void {
  const directory = splitPath(path).directory || ".";
  try {
    assertWritable(directory);
  } catch (error) {
    throw localFailure(`Cannot save in ${quote(directory)}`, error);
  }
  if (policy !== "rename") assertFree(path, policy);
}

/** Gives the file `part` its final name and removes the name `part`. Returns the path, which differs from `path` under `rename`. */
export function publish(part: string, path: string, policy: OnDuplicate): string {
  if (policy === "overwrite") {
    assertFree(path, policy);
    replace(part, path);
    return path;
  }
  for (let count = 0; count < MOST_NAMES; count++) {
    const name = numbered(path, count);
    if (linkNew(part, name)) return name;
    if (policy === "refuse") throw duplicate(path);
  }
  throw new Failure("local", `${quote(path)} and ${MOST_NAMES} names like it exist already.`);
}

/** `notes.txt`, `notes.1.txt`, `notes.2.txt`: the ending stays, so that programs still know the file. */
function numbered(path: string, count: number): string {
  if (count === 0) return path;
  const { name } = splitPath(path);
  const ending = /[^.]+(\.[^.]*)$/.exec(name)?.[1] ?? "";
  return `${path.slice(0, path.length - ending.length)}.${count}${ending}`;
}

/** link(2) fails where the name exists, in one step with the check: between a look and a rename another program could create it. */
function linkNew(part: string, name: string): boolean {
  try {
    link(part, name);
    remove(part);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST") return false;
    if (code === "EPERM" || code === "ENOTSUP" || code === "EOPNOTSUPP") return claim(part, name);
    throw localFailure(`Cannot save ${quote(name)}`, error);
  }
}

/** For file systems without hard links (FAT): takes the name with an empty file of our own, then replaces that. */
function claim(part: string, name: string): boolean {
  try {
    closeFile(openFile(name, ["O_WRONLY", "O_CREAT", "O_EXCL"]));
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw localFailure(`Cannot save ${quote(name)}`, error);
  }
  replace(part, name);
  return true;
}

function replace(part: string, name: string): void {
  try {
    rename(part, name);
  } catch (error) {
    throw localFailure(`Cannot save ${quote(name)}`, error);
  }
}

function assertFree(path: string, policy: OnDuplicate): void {
  const there = lstat(path);
  if (!there) return;
  if (policy === "refuse") throw duplicate(path);
  if (!there.isRegular) {
    throw new Failure(
      "local",
      `${quote(path)} exists and is not a regular file: it is not replaced.`,
    );
  }
}

function duplicate(path: string): Failure {
  return new Failure(
    "local",
    `${quote(path)} exists already: choose --on-duplicate rename or overwrite, or --output another name.`,
  );
}

/** A failure of this host's files, in words: the disk is full, permission is missing, and so on. */
export function localFailure(what: string, error: unknown): Failure {
  const code = systemCode(error);
  const reasons: Record<string, string> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EFBIG: "the file system takes no file of this size",
    ENOENT: "there is no such directory",
    ENOTDIR: "there is no such directory",
    ENAMETOOLONG: "the name is too long for this file system",
    EPIPE: "nobody reads it any more",
    EIO: "the disk reports an error",
  };
  return new Failure("local", `${what}: ${reasons[code] ?? (error as Error).message}.`);
}

/** A path in two: the directory with its slash, empty for the current one, and the name in it. `node:path` would do, and take a millisecond to load. */
export function splitPath(path: string): { readonly directory: string; readonly name: string } {
  const slash = path.lastIndexOf("/") + 1;
  return { directory: path.slice(0, slash), name: path.slice(slash) };
}

export function quote(path: string): string {
  return JSON.stringify(path);
}
