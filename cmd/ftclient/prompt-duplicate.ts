// The question what to do with a file that exists already, for a person at a terminal.

import { createInterface } from "node:readline/promises";
import { Failure } from "../../lib/errors.ts";
import type { OnDuplicate } from "../../lib/client/save.ts";
import { sanitizeForDisplay } from "../../lib/text.ts";

/** What stands for an answer where none can come any more; nobody can type it. */
const QUIT = "\0";

/** Asks until it gets an answer; the end of input, and an interrupt, mean to leave the file alone. */
export async function askDuplicate(path: string): Promise<OnDuplicate> {
  // Lines are edited by the terminal itself: so Ctrl-C is a signal, and after Ctrl-Z and fg the keys still arrive.
  const terminal = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: false,
  });
  process.once("SIGINT", () => terminal.close());
  const gone = new Promise<string>((resolve) => terminal.once("close", () => resolve(QUIT)));
  try {
    for (;;) {
      const question = `${sanitizeForDisplay(path)} exists already. [o]verwrite it, [r]ename the new one, or [q]uit? `;
      const answer = (await Promise.race([terminal.question(question), gone])).trim().toLowerCase();
      if (answer === "o" || answer === "overwrite") return "overwrite";
      if (answer === "r" || answer === "rename") return "rename";
      if (answer === QUIT) process.stderr.write("\n");
      if (answer === "q" || answer === "quit" || answer === QUIT)
        throw new Failure("local", `${sanitizeForDisplay(path)} was left as it is.`);
    }
  } finally {
    terminal.close();
  }
}
