// Fresh copies of a submission's files, in which its programs may write.

import { join } from "node:path";
import { makeDirectory } from "../../../conformance/index.ts";

/** For the copy of one path, in ms. */
const COPY_LIMIT = 60_000;

export interface Copy {
  /** Where the programs see them. */
  readonly at: string;
  readonly copy: string;
}

/** Copies what is at `copy` once more. Links stay links: they lead nowhere in a sandbox. Throws an `Error` that says what could not be copied. */
export function copyFiles(files: readonly Copy[], into = makeDirectory("copy-")): Copy[] {
  return files.map(({ at, copy: from }, index) => {
    const copy = join(into, `${index}`);
    const options = ["-R", "-P", "--preserve=mode,timestamps"];
    const { success, stderr } = Bun.spawnSync(["cp", ...options, "--", from, copy], {
      stdio: ["ignore", "ignore", "pipe"],
      timeout: COPY_LIMIT,
    });
    if (!success)
      throw new Error(`the files of the submission cannot be copied: ${stderr.toString().trim()}`);
    return { at, copy };
  });
}
