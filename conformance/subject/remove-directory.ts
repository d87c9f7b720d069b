// Removes a directory in which a stranger's program has worked: it may have taken away its own permissions.

import { chmodSync, existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const OWNER_MAY_ALL = 0o700;

/** Removes all of it, as far as this user may; returns whether it is gone. Nothing of a verdict depends on it, so it never throws. */
export function removeDirectory(path: string): boolean {
  if (!tryTo(() => rmSync(path, { recursive: true, force: true }))) {
    tryTo(() => unlock(path));
    tryTo(() => rmSync(path, { recursive: true, force: true }));
  }
  return !existsSync(path);
}

/** A file can be removed only from a directory that may be written and entered. Links are not followed: they lead elsewhere. */
function unlock(path: string): void {
  if (!lstatSync(path).isDirectory()) return;
  chmodSync(path, OWNER_MAY_ALL);
  for (const name of readdirSync(path)) tryTo(() => unlock(join(path, name)));
}

function tryTo(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
