// Where a file is saved: what --output means.

import { Failure, localFailure } from "../../lib/errors.ts";
import { type FileStatus, lstat } from "../../lib/sys/file-status.ts";
import { quote } from "../../lib/text.ts";
import { assertLocalName } from "./client-options.ts";

/** Where to save: in a directory the file keeps its name, as cp and curl do it. */
export function findDestination(output: string | undefined, fileName: string): string {
  if (output === undefined || output === "-") return output ?? fileName;
  if (isDirectory(output)) {
    assertLocalName(fileName);
    return joinPath(output, fileName);
  }
  if (!/(^|\/)\.{0,2}$/.test(output)) return output;
  throw new Failure("local", `--output names a directory that does not exist: ${quote(output)}.`);
}

/** The path of a file in a directory; undefined stands for the current one. */
export function joinPath(directory: string | undefined, name: string): string {
  return directory === undefined ? name : `${directory.replace(/\/$/, "")}/${name}`;
}

/** Throws a `Failure` of kind `local` if several files cannot be saved there. */
export function assertDirectory(output: string): void {
  if (output !== "-" && isDirectory(output)) return;
  const what = "For several files, --output takes a directory that exists";
  throw new Failure("local", `${what}, not ${quote(output)}.`);
}

/** True for a directory, and for a link to one. */
export function isDirectory(path: string): boolean {
  const status = lstatOrFail(path);
  if (!status || status.isDirectory || status.isRegular) return status?.isDirectory ?? false;
  try {
    return lstat(`${path}/.`)?.isDirectory ?? false;
  } catch {
    return false; // what leads to no directory, such as a pipe
  }
}

export function isDevice(path: string): boolean {
  return lstatOrFail(path)?.isCharacterDevice ?? false;
}

function lstatOrFail(path: string): FileStatus | undefined {
  try {
    return lstat(path);
  } catch (error) {
    throw localFailure(`Cannot save ${quote(path)}`, error);
  }
}
