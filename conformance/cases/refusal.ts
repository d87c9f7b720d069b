// What both programs owe to whoever gives them wrong arguments.

import { POLL } from "../spec/timeouts.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { findStackTrace } from "../subject/crash.ts";
import { must } from "../spec/verdict.ts";

const EXPECTED = "a message, an exit status other than 0, and no socket";

/** It ends by itself, says something, and opens nothing. */
export async function refuses(program: SubjectProcess, limit: number): Promise<void> {
  const end = performance.now() + limit;
  while (!program.exited && performance.now() < end) {
    const { ports } = program;
    must(ports.length === 0, EXPECTED, `it listens on port ${ports.join(", ")}`);
    await program.waitForExit(3 * POLL);
  }
  await program.waitForExit(0);
  const { exited, ending, words } = program;
  must(exited !== undefined, EXPECTED, `after ${limit} ms it still runs; ${words}`);
  must(exited.signal === null, EXPECTED, `it crashed (${ending}); ${words}`);
  must(exited.code !== 0, EXPECTED, `${ending}; ${words}`);
  must(program.output.trim() !== "", EXPECTED, `${ending}, and not a word`);
}

/** The message helps: it is about the argument, and not a trace of the program's inside. */
export function explains(program: SubjectProcess): void {
  const { output, words } = program;
  const expected =
    "a message that speaks of the port, or of the usage, in words meant for the user";
  must(/port|usage/i.test(output), expected, words);
  const inside = findStackTrace(output);
  must(inside === undefined, expected, `a trace of the program's inside: ${inside?.line}`);
}
