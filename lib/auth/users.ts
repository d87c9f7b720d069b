// The user file: one name and one password hash on each line; only its owner may read it.

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { Failure, systemCode } from "../errors.ts";
import { hasControls, decodeText } from "../text.ts";

/**
 * The cost of a hash: argon2id with 19 MiB and two passes, the least that OWASP's password storage cheat sheet advises. All
 * hashes cost the same, so that the time of a login does not tell which users exist.
 */
export const HASH_COST = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;

/** The beginning of a hash of that cost, in the PHC string format. */
const HASH_PREFIX = `$argon2id$v=19$m=${HASH_COST.memoryCost},t=${HASH_COST.timeCost},p=1$`;

/** The longest name in characters, and the longest password in bytes: both fit easily into a line of P. */
const MAX_NAME_LENGTH = 64;
export const MAX_PASSWORD_BYTES = 1024;

/** The permissions of the group and of all others in a file mode. */
const PUBLIC_MODE = 0o077;
const WRITABLE_BY_ALL = 0o002;

/** Reads the file again whenever it has changed. */
export class UserStore {
  #hashes: ReadonlyMap<string, string>;
  #state: string;

  /** Throws a `Failure` of kind `usage` if the file is missing, damaged, or readable by others. */
  constructor(private readonly path: string) {
    this.#hashes = readUsers(path);
    this.#state = readFileState(path);
  }

  /** The hash of a user; undefined if there is no such user. Throws as the constructor does if the file has become unusable. */
  findHash(name: string): string | undefined {
    const state = readFileState(this.path);
    if (state !== this.#state) {
      this.#hashes = readUsers(this.path);
      this.#state = state;
    }
    return this.#hashes.get(name);
  }
}

/** All names and hashes of a file, which an editor may have given a byte order mark and CR LF. Throws a `Failure` of kind `usage` that names the damaged line. */
export function readUsers(path: string): Map<string, string> {
  const users = new Map<string, string>();
  for (const [index, line] of readPrivate(path).split(/\r?\n/).entries()) {
    if (line === "") continue;
    const colon = line.indexOf(":");
    const [name, hash] = [line.slice(0, colon), line.slice(colon + 1)];
    const why = colon < 0 ? "it has no colon" : (findNameFault(name) ?? findHashFault(hash));
    if (why)
      throw new Failure(
        "usage",
        `Line ${index + 1} of ${JSON.stringify(path)} is damaged: ${why}.`,
      );
    users.set(name, hash);
  }
  return users;
}

/** The text of a user file. */
export function formatUsers(users: ReadonlyMap<string, string>): string {
  return [...users].map(([name, hash]) => `${name}:${hash}\n`).join("");
}

/** Why a user name is invalid; undefined if it is valid. */
export function findNameFault(name: string): string | undefined {
  if (name === "" || name.length > MAX_NAME_LENGTH)
    return `a name has 1 to ${MAX_NAME_LENGTH} characters`;
  if (hasControls(name) || name.includes(":"))
    return "a name holds no colon and no control character";
  return name.trim() === name ? undefined : "a name neither begins nor ends with a space";
}

/** Why a password is invalid; undefined if it is valid. */
export function findPasswordFault(password: string): string | undefined {
  const bytes = Buffer.byteLength(password);
  if (bytes === 0 || bytes > MAX_PASSWORD_BYTES)
    return `a password has 1 to ${MAX_PASSWORD_BYTES} bytes`;
  return hasControls(password) ? "a password holds no control character" : undefined;
}

function findHashFault(hash: string): string | undefined {
  if (hash.startsWith(HASH_PREFIX) && /^[\w+/$]+$/.test(hash.slice(HASH_PREFIX.length)))
    return undefined;
  return "the hash is not one of ftpasswd's: set the password again";
}

/**
 * Reads a file that only its owner may read. The open file is checked, so that no other can take its place after the check.
 * A pipe is not waited for.
 */
function readPrivate(path: string): string {
  let fd;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const why =
      systemCode(error) === "ENOENT"
        ? "there is no such file; ftpasswd add makes it"
        : systemCode(error);
    throw new Failure("usage", `The user file ${JSON.stringify(path)} cannot be read: ${why}.`);
  }
  try {
    const why = findFileFault(fstatSync(fd), dirname(path));
    if (why === undefined) return decodeText(readFileSync(fd));
    throw new Failure("usage", `The user file ${JSON.stringify(path)} ${why}.`);
  } finally {
    closeSync(fd);
  }
}

/** Root can read every file: he must not take one that a stranger has put where he expects his own, such as in /tmp. */
function findFileFault(status: Stats, directory: string): string | undefined {
  if (!status.isFile()) return "is not a regular file";
  if ((status.mode & PUBLIC_MODE) !== 0) return "is open to others: chmod 600 it";
  const isForeign = status.uid !== process.geteuid?.();
  if (isForeign && (statSync(directory).mode & WRITABLE_BY_ALL) !== 0)
    return "belongs to another user, in a directory where everyone can create files: move it";
  return undefined;
}

function readFileState(path: string): string {
  const { ino, mtimeMs, ctimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return `${ino} ${mtimeMs} ${ctimeMs} ${size}`;
}
