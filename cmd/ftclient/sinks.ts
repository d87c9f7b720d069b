// Receivers that are no files: standard output, and a device such as /dev/null.

import type { FileSink } from "../../lib/client/client.ts";
import { closeFile, openFile, writeSome } from "../../lib/sys/file.ts";
import { Pipe } from "../../lib/sys/pipe.ts";
import { localFailure, quote } from "../../lib/client/save.ts";
import { writeAll } from "../cli/output.ts";
import { STDOUT } from "../cli/terminal.ts";

/** What every stream has in common: nothing is there before, and what went out cannot be hashed or taken back. */
abstract class Stream implements FileSink {
  readonly offset = 0;
  begin = (): boolean => true;
  restart = (): void => {};
  hash = (): undefined => undefined;
  abstract write(bytes: Uint8Array): void | Promise<void>;
}

/** Standard output: a reader that is slow holds the server back, one that leaves ends the transfer. */
export class StandardOutput extends Stream {
  /** Resolves when the bytes have left this process. Throws a `Failure` of kind `local`. */
  override async write(bytes: Uint8Array): Promise<void> {
    try {
      await writeAll(STDOUT, bytes);
    } catch (error) {
      throw localFailure("Cannot write to standard output", error);
    }
  }
}

/** A character device. It is opened as it is: a part file beside /dev/null would be of no use to anyone. */
export class Device extends Stream implements Disposable {
  readonly #fd: number;
  readonly #pipe = new Pipe();

  constructor(private readonly path: string) {
    super();
    try {
      this.#fd = openFile(path, ["O_WRONLY"]);
    } catch (error) {
      throw localFailure(`Cannot open ${quote(path)}`, error);
    }
  }

  override write(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;) done += writeSome(this.#fd, bytes.subarray(done));
    } catch (error) {
      throw localFailure(`Cannot write ${quote(this.path)}`, error);
    }
  }

  /** The same past this process: nobody ever copies what goes to /dev/null. */
  splice(socket: number, most: number): number {
    const filled = this.#pipe.fill(socket, most);
    if (filled === 0) return 0;
    this.#pipe.drainTo(this.#fd);
    this.write(this.#pipe.takeRest());
    return filled;
  }

  [Symbol.dispose](): void {
    this.#pipe[Symbol.dispose]();
    closeFile(this.#fd);
  }
}
