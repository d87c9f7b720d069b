// The standard streams of a program, without Node's streams and node:fs, which take 6 and 4 ms to load.

import { localFailure } from "../../lib/errors.ts";
import { writeSome } from "../../lib/sys/file.ts";
import { isTerminal } from "../../lib/sys/libc.ts";

export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;

/** How long to wait before writing to a full pipe again, in ms: a pipe in non-blocking mode does not wait by itself. */
const RETRY_DELAY = 10;

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

/** Writes a message for a person to standard error. If that is closed or full, the message is lost. */
export function printMessage(text: string): void {
  try {
    for (let rest = Buffer.from(text); rest.length > 0;)
      rest = rest.subarray(writeSome(STDERR, rest));
  } catch {
    // Nobody can read an error message about this. The exit status still tells.
  }
}
