// Receivers that are no files: standard output, and a device such as /dev/null.

import { openSync, closeSync, writeSync } from "node:fs";
import type { Receiver } from "../lib/client.ts";
import { localFailure, quote } from "../lib/save.ts";
import { writeAll } from "./output.ts";
import { STDOUT } from "./terminal.ts";

/** What every stream has in common: nothing is there before, and what went out cannot be hashed or taken back. */
abstract class Stream implements Receiver {
  readonly offset = 0;
  begin = (): boolean => true;
  restart = (): void => {};
  hash = (): undefined => undefined;
  abstract write(bytes: Uint8Array): void | Promise<void>;
}

/** Standard output: a reader that is slow holds the server back, one that leaves ends the transfer. */
export class StandardOutput extends Stream {
  override write(bytes: Uint8Array): Promise<void> {
    return writeOut(bytes);
  }
}

/** Writes to standard output, and resolves when the bytes have left this process. Throws a `Failure` of kind `local`. */
export async function writeOut(data: Uint8Array | string): Promise<void> {
  try {
    await writeAll(STDOUT, typeof data === "string" ? Buffer.from(data) : data);
  } catch (error) {
    throw localFailure("Cannot write to standard output", error);
  }
}

/** A character device. It is opened as it is: a part file beside /dev/null would be of no use to anyone. */
export class Device extends Stream implements Disposable {
  readonly borrows = true;
  readonly #fd: number;

  constructor(private readonly path: string) {
    super();
    try {
      this.#fd = openSync(path, "w");
    } catch (error) {
      throw localFailure(`Cannot open ${quote(path)}`, error);
    }
  }

  override write(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done);
    } catch (error) {
      throw localFailure(`Cannot write ${quote(this.path)}`, error);
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
