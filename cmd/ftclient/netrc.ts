// ~/.netrc: passwords by host and name, in the format of ftp(1) and curl.

import { fstatSync, openSync, closeSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** The permissions of everybody but the owner in a file mode. */
const OTHERS = 0o077;

/** A password, or the reason why the file must not be used; undefined if there is no password. */
type NetrcResult = { readonly password: string } | { readonly warning: string } | undefined;

/** Searches the user's .netrc for the password of `name` at `host`. */
export function searchNetrc(host: string, name: string): NetrcResult {
  const home = process.env["HOME"] ?? homedir();
  // `HOME=` would mean the current directory, which a stranger may fill.
  if (!isAbsolute(home)) return undefined;
  const path = join(home, ".netrc");
  let fd;
  try {
    fd = openSync(path, "r");
  } catch {
    return undefined; // Most users have no such file. One that cannot be read is treated as missing.
  }
  try {
    const password = findPassword(readFileSync(fd, "utf8"), host, name);
    if (password === undefined) return undefined;
    if ((fstatSync(fd).mode & OTHERS) === 0) return { password };
    return { warning: `${path} is not used, because other users can read it: chmod 600 it.` };
  } finally {
    closeSync(fd);
  }
}

/**
 * Searches the text of a .netrc. An entry is `machine HOST login NAME password WORD`, in any order after the host;
 * `default` instead of a machine is for any host, and an entry without a login is for every name. Words may be in double
 * quotes, as curl reads them, and lines end with LF or CR LF. A `macdef` ends at an empty line, and a line that begins with `#` is a comment.
 */
export function findPassword(text: string, host: string, name: string): string | undefined {
  for (const { machine, login, password } of parseEntries(text)) {
    const isMatch =
      (machine === undefined || machine.toLowerCase() === host.toLowerCase()) &&
      (login === undefined || login === name);
    if (isMatch && password !== undefined) return password;
  }
  return undefined;
}

/** One entry; `machine` is undefined for `default`. */
interface Entry {
  machine: string | undefined;
  login?: string;
  password?: string;
}

function* parseEntries(text: string): Generator<Entry> {
  let entry: Entry | undefined;
  const plain = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  const words = splitWords(plain.replace(/^\s*macdef [^\n]*\n(?:[^\n]+\n)*/gm, ""));
  for (const word of words) {
    if (word === "machine" || word === "default") {
      if (entry) yield entry;
      entry = { machine: word === "machine" ? nextWord(words) : undefined };
    } else if (entry && (word === "login" || word === "password")) {
      entry[word] = nextWord(words);
    } else if (word === "account") {
      nextWord(words);
    }
  }
  if (entry) yield entry;
}

function nextWord(words: Iterator<string, undefined>): string {
  return words.next().value ?? "";
}

function* splitWords(text: string): Generator<string, undefined> {
  for (const [word, quoted] of text
    .replace(/^\s*#.*$/gm, "")
    .matchAll(/"((?:[^"\\]|\\.)*)"|\S+/g)) {
    yield quoted === undefined ? word : quoted.replace(/\\(.)/g, "$1");
  }
}
