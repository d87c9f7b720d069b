// The one directory of a run: all files of the run lie in it, and both they and the subjects go when this process ends, however it ends.

import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Reaper } from "./reaper.ts";
import { removeDirectory } from "./remove-directory.ts";

interface Run {
  readonly path: string;
  readonly reaper: Reaper;
}

let run: Run | undefined;

/** Made when it is first needed: a run that is refused leaves nothing. */
function getRun(): Run {
  if (run) return run;
  const path = realpathSync(mkdtempSync(join(tmpdir(), "ft-run-")));
  process.on("exit", () => removeDirectory(path));
  return (run = { path, reaper: new Reaper(path) });
}

/** A fresh directory in that of the run. */
export const makeDirectory = (prefix: string): string => mkdtempSync(join(getRun().path, prefix));

/** Notes that the processes of a session belong to the run, or that they have ended. */
export const noteSession = (session: number, runs: boolean): void =>
  getRun().reaper.update(session, runs);
