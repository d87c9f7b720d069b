// How bun test was called, read from the command line of the runner: it does not tell its tests.

import { readFileSync } from "node:fs";

/** The words of the runner's command line; with --parallel it is the parent that was called. */
const line = words("self").includes("--test-worker") ? words(process.ppid) : words("self");

/** With -t bun test leaves tests out, and does not say which; where nobody can tell, it may have. */
export const SELECTIVE =
  line.length === 0 || line.some((word) => /^(-t|--test-name-pattern)(=|$)/.test(word));

/** `bun test conformance` is for who judges programs, and not the suite. */
export const JUDGES_PROGRAMS = line.some((word) => /^(\S*\/)?conformance\/?$/.test(word));

function words(pid: number | "self"): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
  } catch {
    return [];
  }
}
