// Standard error as a place for messages: written at once, without Node's streams, which take 6 ms to load.

import { writeSome } from "../../lib/sys/file.ts";
import { isTerminal } from "../../lib/sys/libc.ts";

export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;

/** True where the descriptor is a terminal. */
export function onTerminal(fd: number): boolean {
  return isTerminal?.(fd) ?? (fd === STDOUT ? process.stdout : process.stderr).isTTY === true;
}

/** Writes to standard output, and resolves when the bytes have left this process. Throws a `Failure` of kind `local`. What does it is loaded only here: a client that saves a file writes nothing. */
export async function writeOut(text: string): Promise<void> {
  const { StandardOutput } = await import("../ftclient/sinks.ts");
  await new StandardOutput().write(Buffer.from(text));
}

/** Writes a message for a person. Where standard error is closed or full, nobody is there to be told so. */
export function say(text: string): void {
  try {
    for (let rest = Buffer.from(text); rest.length > 0;)
      rest = rest.subarray(writeSome(STDERR, rest));
  } catch {
    // See above: the exit status still tells.
  }
}
