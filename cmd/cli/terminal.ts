// The standard streams of a program, without Node's streams and node:fs, which take 6 and 4 ms to load.

import { localFailure } from "../../lib/errors.ts";
import { writeSome } from "../../lib/sys/file.ts";
import { isTerminal, waitUntilWritable } from "../../lib/sys/libc.ts";

export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;

/** How long to wait before writing to a full pipe again, in ms: a pipe in non-blocking mode does not wait by itself. */
const RETRY_DELAY = 10;

/** How long to wait for the reader of a message, in ms: one that still reads needs a few, and one that has stopped keeps no program. */
const MESSAGE_TIMEOUT = 1000;

/** So many bytes fit into a pipe that has room at all (PIPE_BUF of Linux, pipe(7)). */
const MESSAGE_PIECE = 4096;

/** True if the descriptor is a terminal. */
export function onTerminal(fd: number): boolean {
  return isTerminal?.(fd) ?? (fd === STDOUT ? process.stdout : process.stderr).isTTY === true;
}

/** Writes to standard output, and resolves when the bytes have left this process. Throws a `Failure` of kind `local`. */
export async function printOutput(content: string | Uint8Array): Promise<void> {
  try {
    await writeAll(STDOUT, typeof content === "string" ? Buffer.from(content) : content);
  } catch (error) {
    throw localFailure("Cannot write to standard output", error);
  }
}

/**
 * Writes all of the bytes on another thread, so that a reader that has stopped blocks nothing else. Resolves when
 * they have left this process. Rejects with the system's error, such as EPIPE if the reader has closed its end.
 */
export async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  const { write } = process.getBuiltinModule("node:fs");
  for (let done = 0; done < bytes.length;) {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    write(fd, bytes, done, bytes.length - done, null, (error, count) => {
      if (error && error.code !== "EAGAIN") reject(error);
      else resolve(error ? 0 : count);
    });
    const count = await promise;
    if (count === 0) await Bun.sleep(RETRY_DELAY);
    done += count;
  }
}

/** Draws on the terminal that is standard error. If it is stopped, as after Ctrl-S, nothing is drawn: the work does not wait for it. */
export function draw(text: string): void {
  if (waitUntilWritable?.(STDERR, 0) !== false) printMessage(text);
}

/** Writes a message for a person to standard error. If that is closed, or full and not read, the message is lost. */
export function printMessage(text: string): void {
  try {
    for (let rest = Buffer.from(text); rest.length > 0;) {
      if (waitUntilWritable?.(STDERR, MESSAGE_TIMEOUT) === false) return;
      rest = rest.subarray(writeSome(STDERR, rest.subarray(0, MESSAGE_PIECE)));
    }
  } catch {
    // Nobody can read an error message about this. The exit status still tells.
  }
}
