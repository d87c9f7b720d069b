// Gives a received file its final name, and never replaces another file unless the user says so.

import { quote } from "../text.ts";
import { Failure, systemCode, localFailure } from "../errors.ts";
import { assertWritable, closeFile, link, lstat, openFile, remove, rename } from "../sys/file.ts";

/** What to do if the destination exists: fail, save under a free name, or replace it. */
export type OnDuplicate = "refuse" | "rename" | "overwrite";

/** How many names `rename` tries: more copies of one file are a mistake. */
const MAX_NAMES = 10_000;

/**
 * Checks before the request whether a file can be saved as `path`. Throws a `Failure` of kind `local` if the directory
 * is not writable, if the name is taken under `refuse`, or if `overwrite` would replace something else than a regular
 * file, such as a link, a pipe or a directory.
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

/** Gives the file `part` its final name, and returns that: under `rename` it can differ from `path`. */
export function publish(part: string, path: string, policy: OnDuplicate): string {
  if (policy === "overwrite") return replace(part, path);
  for (let count = 0; count < MAX_NAMES; count++) {
    const name = addNumber(path, count);
    try {
      moveToNew(part, name);
      return name;
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw localFailure(`Cannot save ${quote(name)}`, error);
      if (policy === "refuse") throw duplicateFailure(path);
    }
  }
  throw new Failure("local", `${quote(path)} and ${MAX_NAMES} numbered names exist already.`);
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

/** `notes.txt`, `notes.1.txt`, `notes.2.txt`: the ending stays, since programs know the type of a file by it. */
function addNumber(path: string, count: number): string {
  if (count === 0) return path;
  const { name } = splitPath(path);
  const ending = /[^.]+(\.[^.]*)$/.exec(name)?.[1] ?? "";
  return `${path.slice(0, path.length - ending.length)}.${count}${ending}`;
}

/** Fails with EEXIST if `name` exists. link(2) checks and creates in one step: between two steps another program could create the file. */
function moveToNew(part: string, name: string): void {
  try {
    link(part, name);
    remove(part);
  } catch (error) {
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP"].includes(systemCode(error))) throw error;
    // A file system without hard links, such as FAT: create an empty file of that name, and replace it.
    closeFile(openFile(name, ["O_WRONLY", "O_CREAT", "O_EXCL"]));
    rename(part, name);
  }
}

function assertFree(path: string, policy: OnDuplicate): void {
  const status = lstat(path);
  if (!status) return;
  if (policy === "refuse") throw duplicateFailure(path);
  if (!status.isRegular) {
    throw new Failure(
      "local",
      `${quote(path)} exists and is not a regular file, so it is not replaced.`,
    );
  }
}

function duplicateFailure(path: string): Failure {
  return new Failure(
    "local",
    `${quote(path)} exists already: use --on-duplicate rename or overwrite, or save under another name with --output.`,
  );
}

/** The directory with its slash, empty for the current one, and the name in it. `node:path` takes a millisecond to load. */
export function splitPath(path: string): { readonly directory: string; readonly name: string } {
  const slash = path.lastIndexOf("/") + 1;
  return { directory: path.slice(0, slash), name: path.slice(slash) };
}
