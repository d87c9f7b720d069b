// The served directory: lists its files, and opens them by name without ever leaving it.

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
 * O_NOFOLLOW: the open itself refuses a symbolic link; after a check before the open, a link could still take the file's place.
 * O_NONBLOCK: without it, the open of a pipe that nobody writes to would never return.
 */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** An open regular file. Disposing of it closes the descriptor. */
export class ServedFile implements Disposable {
  /** The status of the file when it was opened. */
  readonly #stats: BigIntStats;

  constructor(readonly fd: number) {
    this.#stats = fstatSync(fd, { bigint: true });
  }

  get isRegular(): boolean {
    return this.#stats.isFile();
  }

  /** The size when the file was opened, in bytes. */
  get size(): number {
    return Number(this.#stats.size);
  }

  /** Names this state of this file (N7.3): if the inode, the size or one of two times differs, it is another version. */
  get version(): string {
    const { ino, size, mtimeNs, ctimeNs } = this.#stats;
    return [ino, size, mtimeNs, ctimeNs].map((part) => part.toString(36)).join("-");
  }

  /** True if somebody has written to the file since it was opened. A file that was replaced under its name has not changed. */
  get hasChanged(): boolean {
    const now = fstatSync(this.fd, { bigint: true });
    return now.mtimeNs !== this.#stats.mtimeNs || now.size !== this.#stats.size;
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

/** Regular files are served; dot files only if `dotFiles` is set (N7.9 to N7.12). */
export class Directory {
  /** The absolute path, free of symbolic links. */
  readonly path: string;

  /** Throws a `Failure` of kind `usage` if `path` is not a directory that can be read. */
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
        `The directory ${JSON.stringify(path)} cannot be served: ${directoryFault(error)}.`,
      );
    }
  }

  /** Opens a file by its name, which is a single component. Throws a `Failure` of code 550, or 450 if the system is at fault. */
  open(name: string): ServedFile {
    if (!this.#isServed(name)) throw replyFailure(550, `File not found: ${name}`);
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

  #isServed(name: string): boolean {
    if (name === "" || name === "." || name === ".." || name.includes("/")) return false;
    return this.dotFiles || !name.startsWith(".");
  }
}

/** Why a directory cannot be served. */
function directoryFault(error: unknown): string {
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
