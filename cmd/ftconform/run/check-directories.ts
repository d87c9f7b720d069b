// The directories that every run needs, checked before anything is started.

import { accessSync, constants, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { systemCode } from "../../../lib/errors.ts";
import { quote } from "../../../lib/text.ts";
import { usageFailure } from "../../cli/arguments.ts";

/** Throws a `Failure` of kind `usage` that says which of them cannot be used, and what to do. */
export function checkDirectories(): void {
  // A name that is not UTF-8 comes to this program as another name, under which nothing is found.
  if (!isThere(process.cwd))
    throw usageFailure(
      "The current directory has been removed, or its name is not UTF-8: go to another one.",
    );
  try {
    accessSync(tmpdir(), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw usageFailure(
      `The temporary directory ${quote(tmpdir())} cannot be used (${systemCode(error)}): set TMPDIR to another one.`,
    );
  }
}

/** A directory that has been removed has no name, and asking for it throws. */
function isThere(name: () => string): boolean {
  try {
    return existsSync(name());
  } catch {
    return false;
  }
}
