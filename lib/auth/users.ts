// The user store: a file with one name and one password hash a line, that nobody else may read.

import { closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { Failure, systemCode } from "../errors.ts";
import { hasControls } from "../text.ts";

/**
 * What a hash costs: argon2id with 19 MiB and two passes, as OWASP's password storage cheat sheet advises at least. All
 * hashes of a store cost the same, so that the time of a login says nothing about who exists.
 */
export const HASH_COST = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;

/** How a hash of that cost begins, in the PHC string format. */
const HASH_PREFIX = `$argon2id$v=19$m=${HASH_COST.memoryCost},t=${HASH_COST.timeCost},p=1$`;

/** The longest name in characters, and the longest password in bytes: both fit a line of P with room to spare. */
const LONGEST_NAME = 64;
export const MAX_PASSWORD_BYTES = 1024;

/** The group's and everybody's permissions of a file mode. */
const OTHERS = 0o077;

/** Names and hashes, read again whenever the file has changed. */
export class UserStore {
  #hashes: ReadonlyMap<string, string>;
  #state: string;

  /** Throws a `Failure` of kind `usage` where the file is missing, damaged, or open to others. */
  constructor(private readonly path: string) {
    this.#hashes = readUsers(path);
    this.#state = stateOf(path);
  }

  /** The hash of a user; undefined where there is none. Throws as the constructor does, where the file has become unusable. */
  hashOf(name: string): string | undefined {
    const state = stateOf(this.path);
    if (state !== this.#state) {
      this.#hashes = readUsers(this.path);
      this.#state = state;
    }
    return this.#hashes.get(name);
  }
}

/** All names and hashes of a file. Throws a `Failure` of kind `usage` that names the line that is wrong. */
export function readUsers(path: string): Map<string, string> {
  const users = new Map<string, string>();
  for (const [index, line] of readPrivate(path).split("\n").entries()) {
    if (line === "") continue;
    const colon = line.indexOf(":");
    const [name, hash] = [line.slice(0, colon), line.slice(colon + 1)];
    const why = colon < 0 ? "it has no colon" : (findNameFault(name) ?? hashFault(hash));
    if (why)
      throw new Failure(
        "usage",
        `Line ${index + 1} of ${JSON.stringify(path)} is damaged: ${why}.`,
      );
    users.set(name, hash);
  }
  return users;
}

/** The text of a file for `users`. */
export function formatUsers(users: ReadonlyMap<string, string>): string {
  return [...users].map(([name, hash]) => `${name}:${hash}\n`).join("");
}

/** Why a user name is none; undefined where it is good. */
export function findNameFault(name: string): string | undefined {
  if (name === "" || name.length > LONGEST_NAME)
    return `a name has 1 to ${LONGEST_NAME} characters`;
  if (hasControls(name) || name.includes(":"))
    return "a name holds no colon and no control character";
  return name.trim() === name ? undefined : "a name neither begins nor ends with a space";
}

/** Why a password is none; undefined where it is good. */
export function findPasswordFault(password: string): string | undefined {
  const bytes = Buffer.byteLength(password);
  if (bytes === 0 || bytes > MAX_PASSWORD_BYTES)
    return `a password has 1 to ${MAX_PASSWORD_BYTES} bytes`;
  return hasControls(password) ? "a password holds no control character" : undefined;
}

function hashFault(hash: string): string | undefined {
  if (hash.startsWith(HASH_PREFIX) && /^[\w+/$]+$/.test(hash.slice(HASH_PREFIX.length)))
    return undefined;
  return "the hash is not one of ftpasswd's: set the password again";
}

/** Reads a file that only its owner may read: the check is of the open file, so that no other can be put in its place. */
function readPrivate(path: string): string {
  let fd;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    const why =
      systemCode(error) === "ENOENT"
        ? "there is no such file; ftpasswd add makes it"
        : systemCode(error);
    throw new Failure("usage", `The user file ${JSON.stringify(path)} cannot be read: ${why}.`);
  }
  try {
    if ((fstatSync(fd).mode & OTHERS) === 0) return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
  throw new Failure(
    "usage",
    `The user file ${JSON.stringify(path)} is open to others: chmod 600 it.`,
  );
}

function stateOf(path: string): string {
  const { ino, mtimeMs, ctimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return `${ino} ${mtimeMs} ${ctimeMs} ${size}`;
}
