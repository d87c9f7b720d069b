// ~/.netrc: passwords by host and name, in the format of ftp(1) and curl.

import { fstatSync, openSync, closeSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The group's and everybody's permissions of a file mode. */
const OTHERS = 0o077;

/** What was found: a password, or the reason why one must not be used. */
export type NetrcAnswer = { readonly password: string } | { readonly warning: string } | undefined;

/** The password of `name` at `host` from the user's .netrc. Undefined where it has none, or where there is no such file. */
export function passwordFromNetrc(host: string, name: string): NetrcAnswer {
  const path = join(process.env["HOME"] ?? homedir(), ".netrc");
  let fd;
  try {
    fd = openSync(path, "r");
  } catch {
    return undefined; // To have none is usual, and one that cannot be read is as good as none.
  }
  try {
    const password = findPassword(readFileSync(fd, "utf8"), host, name);
    if (password === undefined) return undefined;
    if ((fstatSync(fd).mode & OTHERS) === 0) return { password };
    return { warning: `${path} is open to others and therefore not used: chmod 600 it.` };
  } finally {
    closeSync(fd);
  }
}

/**
 * Searches the text of a .netrc: `machine HOST login NAME password WORD`, in any order after the host; `default` stands for
 * any host. An entry without a login serves every name. Words may stand in double quotes, as curl reads them; `macdef`
 * ends at an empty line, and `#` begins a comment where a keyword could stand.
 */
export function findPassword(text: string, host: string, name: string): string | undefined {
  for (const { machine, login, password } of entries(text)) {
    const fits =
      (machine === undefined || machine === host) && (login === undefined || login === name);
    if (fits && password !== undefined) return password;
  }
  return undefined;
}

/** One entry; `machine` is undefined for `default`. */
interface Entry {
  machine: string | undefined;
  login?: string;
  password?: string;
}

function* entries(text: string): Generator<Entry> {
  let entry: Entry | undefined;
  const words = tokens(text.replace(/^\s*macdef [^\n]*\n(?:[^\n]+\n)*/gm, ""));
  for (const word of words) {
    if (word === "machine" || word === "default") {
      if (entry) yield entry;
      entry = { machine: word === "machine" ? value(words) : undefined };
    } else if (entry && (word === "login" || word === "password")) {
      entry[word] = value(words);
    } else if (word === "account") {
      value(words);
    }
  }
  if (entry) yield entry;
}

function value(words: Iterator<string, undefined>): string {
  return words.next().value ?? "";
}

function* tokens(text: string): Generator<string, undefined> {
  for (const [word, quoted] of text
    .replace(/^\s*#.*$/gm, "")
    .matchAll(/"((?:[^"\\]|\\.)*)"|\S+/g)) {
    yield quoted === undefined ? word : quoted.replace(/\\(.)/g, "$1");
  }
}
