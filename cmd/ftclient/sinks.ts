// Sinks for a fetched file that are not regular files: standard output, and a device such as /dev/null.

import { quote } from "../../lib/text.ts";
import { localFailure } from "../../lib/errors.ts";
import type { FileSink } from "../../lib/client/client.ts";
import { closeFile, openFile, writeSome } from "../../lib/sys/file.ts";
import { Pipe } from "../../lib/sys/pipe.ts";
import { printOutput } from "../cli/terminal.ts";

/** A stream holds no bytes of an earlier transfer, and what was written to it cannot be hashed or taken back. */
const STREAM = {
  offset: 0,
  begin: () => true,
  restart: () => {},
  hash: () => undefined,
} satisfies Omit<FileSink, "write">;

/** If the program that reads it is slow, the server waits; if that program closes it, the transfer ends. */
export const standardOutput: FileSink = { ...STREAM, write: printOutput };

/** Opens a character device as it is: a part file beside /dev/null would be of no use. */
export function openDevice(path: string): FileSink & Disposable {
  const fd = attempt("open", () => openFile(path, ["O_WRONLY"]));
  const pipe = new Pipe();
  return {
    ...STREAM,
    write,
    // The bytes do not pass through this process.
    splice(socket, max) {
      const count = pipe.fill(socket, max);
      if (count === 0) return 0;
      pipe.drainTo(fd);
      write(pipe.takeRest());
      return count;
    },
    [Symbol.dispose]() {
      pipe[Symbol.dispose]();
      closeFile(fd);
    },
  };

  function write(bytes: Uint8Array): void {
    attempt("write", () => {
      for (let done = 0; done < bytes.length;) done += writeSome(fd, bytes.subarray(done));
    });
  }

  function attempt<T>(verb: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw localFailure(`Cannot ${verb} ${quote(path)}`, error);
    }
  }
}
