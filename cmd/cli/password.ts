// A password from a person at a terminal, never shown; or from standard input, one line.

import { readSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Failure } from "../../lib/errors.ts";
import { MAX_PASSWORD_BYTES } from "../../lib/auth/users.ts";
import { EchoOff } from "./terminal-echo.ts";
import { onTerminal, say, STDERR, STDIN } from "./terminal.ts";

/** What ends the question: the terminal must not stay without its echo. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** True where somebody can be asked. */
export function canAsk(): boolean {
  return onTerminal(STDIN) && onTerminal(STDERR);
}

/** Asks without echo. Throws a `Failure` of kind `login` where the input ends, or a signal comes, without an answer. */
export async function askPassword(prompt: string): Promise<string> {
  using _hidden = new EchoOff();
  say(prompt);
  const terminal = createInterface({ input: process.stdin, terminal: false });
  const leave = () => terminal.close();
  for (const signal of SIGNALS) process.once(signal, leave);
  const ended = new Promise<undefined>((resolve) =>
    terminal.once("close", () => resolve(undefined)),
  );
  try {
    const answer = await Promise.race([terminal.question(""), ended]);
    if (answer === undefined) throw new Failure("login", "No password was given.");
    return answer;
  } finally {
    for (const signal of SIGNALS) process.off(signal, leave);
    terminal.close();
    say("\n");
  }
}

/** The first line of standard input, without its end. */
export function readPassword(): string {
  const buffer = Buffer.alloc(MAX_PASSWORD_BYTES + 2);
  let length = 0;
  while (length < buffer.length && !buffer.includes(0x0a)) {
    const count = readSync(STDIN, buffer, length, buffer.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length).toString().split(/\r?\n/)[0] ?? "";
}
