// Asks a person at a terminal what to do with a file that exists already.

import { createInterface } from "node:readline/promises";
import { Failure } from "../../lib/errors.ts";
import type { OnDuplicate } from "../../lib/client/save.ts";
import { sanitizeForDisplay } from "../../lib/text.ts";
import { onEndSignal } from "../cli/signals.ts";
import { printMessage } from "../cli/terminal.ts";

/** Stands for the answer after the end of input. Nobody can type it. */
const QUIT = "\0";

/**
 * Asks until the answer is one of the choices. The end of input, and a signal, leave the file as it is. If it is one of
 * several files, the others are still fetched.
 */
export async function askDuplicate(path: string, isOneOfSeveral = false): Promise<OnDuplicate> {
  // The terminal itself edits the line: so Ctrl-C is a signal, and the keys still arrive after Ctrl-Z and fg.
  const terminal = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: false,
  });
  using _signals = onEndSignal(() => terminal.close());
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve(QUIT)));
  const name = sanitizeForDisplay(path);
  const leave = isOneOfSeveral ? "skip" : "quit";
  const question = `${name} exists already. [o]verwrite it, [r]ename the new one, or [${leave[0]}]${leave.slice(1)}? `;
  try {
    for (;;) {
      const line = await Promise.race([terminal.question(question), closed]);
      const answer = line.trim().toLowerCase();
      if (answer === "o" || answer === "overwrite") return "overwrite";
      if (answer === "r" || answer === "rename") return "rename";
      if (answer === QUIT) printMessage("\n");
      if (answer === leave[0] || answer === leave || answer === QUIT)
        throw new Failure("local", `${name} was left as it is.`);
    }
  } finally {
    terminal.close();
  }
}
