// Reads a password: from a person at a terminal, without showing it, or from the first line of standard input.

import { readSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Failure } from "../../lib/errors.ts";
import { MAX_PASSWORD_BYTES } from "../../lib/auth/users.ts";
import { decodeText } from "../../lib/text.ts";
import { EchoOff } from "./terminal-echo.ts";
import { onEndSignal } from "./signals.ts";
import { onTerminal, printMessage, STDERR, STDIN } from "./terminal.ts";

/** The bytes of a byte order mark, and of CR LF. */
const MARK_AND_END = 5;

/** True if a person can be asked: input and messages are both a terminal. */
export function canAsk(): boolean {
  return onTerminal(STDIN) && onTerminal(STDERR);
}

/** Asks without echo. Throws a `Failure` of kind `login` if the input ends, or a signal arrives, before an answer. */
export async function askPassword(prompt: string): Promise<string> {
  using _echoOff = new EchoOff();
  printMessage(prompt);
  const terminal = createInterface({ input: process.stdin, terminal: false });
  // A signal ends the question, so that the terminal gets its echo back.
  using _signals = onEndSignal(() => terminal.close());
  const closed = new Promise<undefined>((resolve) =>
    terminal.once("close", () => resolve(undefined)),
  );
  try {
    const answer = await Promise.race([terminal.question(""), closed]);
    if (answer === undefined) throw new Failure("login", "No password was given.");
    return answer;
  } finally {
    terminal.close();
    printMessage("\n");
  }
}

/** Returns the first line of standard input, without its line end and without a byte order mark. */
export function readPassword(): string {
  const buffer = Buffer.alloc(MAX_PASSWORD_BYTES + MARK_AND_END);
  let length = 0;
  while (length < buffer.length && !buffer.includes(0x0a)) {
    const count = readSync(STDIN, buffer, length, buffer.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return decodeText(buffer.subarray(0, length)).split(/\r?\n/)[0] ?? "";
}
