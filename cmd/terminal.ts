// Standard error as a place for messages: written at once, without Node's streams, which take 6 ms to load.

import { writeSync } from "node:fs";
import { isTerminal } from "../lib/libc.ts";

export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;

/** True where the descriptor is a terminal. */
export function onTerminal(fd: number): boolean {
  return isTerminal?.(fd) ?? (fd === STDOUT ? process.stdout : process.stderr).isTTY === true;
}

/** Writes a message for a person. Where standard error is closed or full, nobody is there to be told so. */
export function say(text: string): void {
  try {
    writeSync(STDERR, text);
  } catch {
    // See above: the exit status still tells.
  }
}
