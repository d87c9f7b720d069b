// The question what to do with a file that exists already, for a person at a terminal.

import { createInterface } from "node:readline/promises";
import { Failure } from "../lib/errors.ts";
import type { OnDuplicate } from "../lib/save.ts";
import { visible } from "../lib/text.ts";

/** Asks until it gets an answer; the end of input, and an interrupt, mean to leave the file alone. */
export async function askDuplicate(path: string): Promise<OnDuplicate> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new Promise<string>((resolve) => terminal.once("close", () => resolve("quit")));
  try {
    for (;;) {
      const question = `${visible(path)} exists already. [o]verwrite it, [r]ename the new one, or [q]uit? `;
      const answer = (await Promise.race([terminal.question(question), gone])).trim().toLowerCase();
      if (answer === "o" || answer === "overwrite") return "overwrite";
      if (answer === "r" || answer === "rename") return "rename";
      if (answer === "q" || answer === "quit")
        throw new Failure("local", `${visible(path)} was left as it is.`);
    }
  } finally {
    terminal.close();
  }
}
