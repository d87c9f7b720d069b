// The served directory: its listing, and its files opened by name without ever leaving it.

import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  realpathSync,
  statSync,
} from "node:fs";
import { Failure, replyFailure, systemCode } from "../errors.ts";
import { type Listing, listDirectory } from "./listing.ts";

/**
 * O_NOFOLLOW: a symbolic link is refused by the open itself, not by a check before it that a link could
 * slip past. O_NONBLOCK: the open of a pipe that nobody writes to would block for ever.
 */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** An open regular file. Disposing of it closes the descriptor. */
export class ServedFile implements Disposable {
  readonly #opened: BigIntStats;

  constructor(readonly fd: number) {
    this.#opened = fstatSync(fd, { bigint: true });
  }

  get isRegular(): boolean {
    return this.#opened.isFile();
  }

  /** In bytes, at the time of opening. */
  get size(): number {
    return Number(this.#opened.size);
  }

  /** Names this state of this file (N7.3): another inode, size, content time or change time is another version. */
  get version(): string {
    const { ino, size, mtimeNs, ctimeNs } = this.#opened;
    return [ino, size, mtimeNs, ctimeNs].map((part) => part.toString(36)).join("-");
  }

  /** True where the content was written to since the opening. A file that was replaced under its name is not: this one is still whole. */
  get hasChanged(): boolean {
    const now = fstatSync(this.fd, { bigint: true });
    return now.mtimeNs !== this.#opened.mtimeNs || now.size !== this.#opened.size;
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

/** One directory, and what of it is served: regular files, and no dot files unless `dotFiles` is set (N7.9 to N7.12). */
export class Directory {
  /** The absolute path, free of symbolic links. */
  readonly path: string;

  /** Throws a `Failure` of kind `usage` where `path` is no directory that can be read. */
  constructor(
    path: string,
    private readonly dotFiles = false,
  ) {
    try {
      this.path = realpathSync(path);
      if (!statSync(this.path).isDirectory()) throw new Error("it is not a directory");
      accessSync(this.path, constants.R_OK | constants.X_OK);
    } catch (error) {
      throw new Failure(
        "usage",
        `The directory ${JSON.stringify(path)} cannot be served: ${why(error)}.`,
      );
    }
  }

  /** Opens a file by its name, a single component. Throws a `Failure` of code 550, or 450 where the system is at fault. */
  open(name: string): ServedFile {
    if (!this.#serves(name)) throw replyFailure(550, `File not found: ${name}`);
    let fd;
    try {
      fd = openSync(`${this.path}/${name}`, OPEN_FLAGS);
    } catch (error) {
      throw openFailure(name, systemCode(error));
    }
    const file = new ServedFile(fd);
    if (file.isRegular) return file;
    file[Symbol.dispose]();
    throw replyFailure(550, `Not a regular file: ${name}`);
  }

  /** The listing of this directory (N7.9). */
  list(): Promise<Listing> {
    return listDirectory(this.path, this.dotFiles);
  }

  #serves(name: string): boolean {
    if (name === "" || name === "." || name === ".." || name.includes("/")) return false;
    return this.dotFiles || !name.startsWith(".");
  }
}

/** Why a directory cannot be served, in words. */
function why(error: unknown): string {
  const code = systemCode(error);
  if (code === "ENOENT") return "there is no such directory";
  if (code === "EACCES") return "its permissions do not let you read it";
  return (error as Error).message;
}

function openFailure(name: string, code: string): Failure {
  if (code === "ELOOP" || code === "ENXIO") return replyFailure(550, `Not a regular file: ${name}`);
  if (code === "EACCES" || code === "EPERM") return replyFailure(550, `Not readable: ${name}`);
  if (code === "EMFILE" || code === "ENFILE")
    return replyFailure(450, "Too many open files: try again.");
  if (code === "ENOENT" || code === "ENAMETOOLONG")
    return replyFailure(550, `File not found: ${name}`);
  return replyFailure(450, `The file cannot be opened: ${code}.`);
}
