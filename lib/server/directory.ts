// The served directory: lists its files, and opens them by name without ever leaving it.

import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  realpathSync,
} from "node:fs";
import { Failure, replyFailure, systemCode } from "../errors.ts";
import { callThreads, DISK_TIMEOUT, listQueue } from "../sys/disk-threads.ts";
import { openCached, type OpenCached } from "../sys/libc.ts";
import { readFileSystem } from "./file-system.ts";
import { type Listing, listDirectory } from "./listing.ts";
import { addFacts } from "./listing-facts.ts";
import { ServedFile } from "./served-file.ts";

/**
 * O_NOFOLLOW: the open itself refuses a symbolic link; after a check before the open, a link could still take the file's place.
 * O_NONBLOCK: without it, the open of a pipe that nobody writes to would never return.
 */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** How long a listing may take, in ms: a large directory on a slow disk gets it, and a dead disk does not hold it for ever. */
const LIST_TIMEOUT = 60_000;

/** Regular files are served; dot files only if `dotFiles` is set (N7.9 to N7.12). */
export class Directory implements Disposable {
  /** The absolute path at the start, free of symbolic links, for messages. What has this name later is not served. */
  readonly path: string;
  /** The open directory. */
  readonly fd: number;
  /** Leads to the open directory, whatever its name is now. */
  readonly #base: string;
  readonly #isLocal: boolean;

  /** Throws a `Failure` of kind `usage` if `path` is not a directory that can be served. */
  constructor(
    path: string,
    private readonly dotFiles = false,
    private readonly openAtOnce: OpenCached | undefined = openCached,
  ) {
    let fd;
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
      const held = `/proc/self/fd/${fd}`;
      this.#base = existsSync(`${held}/.`) ? held : path; // other systems than Linux have no such path
      this.path = realpathSync(this.#base);
      accessSync(this.#base, constants.R_OK | constants.X_OK);
      this.#isLocal = isServable(this.#base);
    } catch (error) {
      if (fd !== undefined) closeSync(fd);
      throw new Failure(
        "usage",
        `The directory ${JSON.stringify(path)} cannot be served: ${directoryFault(error)}.`,
      );
    }
    this.fd = fd;
  }

  /** Opens a file by its name, which is a single component. Throws a `Failure` of code 550, or 450 if the system is at fault. */
  async open(name: string): Promise<ServedFile> {
    if (!this.#isServed(name)) throw replyFailure(550, `File not found: ${name}`);
    const fd = this.#isLocal ? (this.openAtOnce?.(this.fd, name, OPEN_FLAGS) ?? -1) : -1;
    return await ServedFile.read(fd < 0 ? await this.#openOnThread(name) : fd, name, this.#isLocal);
  }

  /** The listing of this directory (N7.9), with `withFacts` with the size and the time of each file (N6.19). */
  async list(withFacts = false): Promise<Listing> {
    const list = async () => {
      const listing = await listDirectory(this.#base, this.dotFiles, this.#isLocal);
      return withFacts ? addFacts(this.#base, listing, this.#isLocal) : listing;
    };
    const result = await listQueue.run(list, LIST_TIMEOUT).catch((error: Error) => error);
    if (this.#isRemoved) throw removedFailure();
    if (result instanceof Error) throw result;
    return result;
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }

  /** For a name that is not in memory, and for one that cannot be opened: this tells why. */
  async #openOnThread(name: string): Promise<number> {
    const path = `${this.#base}/${name}`;
    try {
      return await callThreads.run(
        (thread) => thread.call<number>("openSync", path, OPEN_FLAGS),
        DISK_TIMEOUT,
        closeSync,
      );
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (this.#isRemoved) throw removedFailure();
      throw openFailure(name, systemCode(error));
    }
  }

  /** A directory that was removed has no name left. Of a network it is not asked, since that could take long. */
  get #isRemoved(): boolean {
    return this.#isLocal && fstatSync(this.fd).nlink === 0;
  }

  #isServed(name: string): boolean {
    if (name === "" || name === "." || name === ".." || name.includes("/")) return false;
    return this.dotFiles || !name.startsWith(".");
  }
}

/** Returns whether the file system is local. Throws if the sizes of its files are wrong. */
function isServable(path: string): boolean {
  const { madeUp, isLocal } = readFileSystem(path);
  if (!madeUp) return isLocal;
  throw new Error(`it is on ${madeUp}, where the system makes up files whose sizes are not known`);
}

/** Why a directory cannot be served. */
function directoryFault(error: unknown): string {
  const code = systemCode(error);
  if (code === "ENOENT") return "there is no such directory";
  if (code === "ENOTDIR") return "it is not a directory";
  if (code === "EACCES") return "its permissions do not let you read it";
  return (error as Error).message;
}

function removedFailure(): Failure {
  return replyFailure(450, "The served directory was removed: start the server again.");
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
