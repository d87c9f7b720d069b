// Which files ftclient is to fetch, and how their names are told from DATA_PORT.

import { HIGHEST_PORT, LOWEST_DATA_PORT, parsePort } from "../../lib/protocol/port.ts";
import { type Arguments, usageFailure } from "../cli/arguments.ts";

/** The names and patterns of the command line. `all` stands for every name of the listing. */
export interface FileSelection {
  readonly names: readonly string[];
  readonly all: boolean;
}

/** Commands that people write as words. */
const COMMAND_WORD = /^(list|ls|get)$/i;

/** A positional argument that cannot be meant as a port: it does not begin like a number, or has the dot of a file name. */
const NO_PORT = /^[^0-9+-]|\./;

/** A name with an ending, such as `notes.txt`: no number has a letter behind its dot. */
const FILE_NAME = /\..*\p{L}/u;

const SECRET_HINT =
  "Do not put a user name or a password on the command line, where every user of this computer can read them: use --user NAME, and give the password when you are asked for it, in FTCLIENT_PASSWORD, or in ~/.netrc.";

/**
 * Refuses a command without its dash, and what could be a name as well as a port. A host may be named `get`: its port
 * comes after it. The messages repeat nothing, as any of the values may be a password.
 */
export function checkPositionals(values: readonly string[], args: Arguments): void {
  const [first = "", second = "", third = "", ...more] = values;
  const word = [third, second, NO_PORT.test(second) ? first : ""].find((one) =>
    COMMAND_WORD.test(one),
  );
  const isGet = args.text("get") !== undefined;
  if (word && !isGet && !args.flag("all")) {
    const use = word.toLowerCase() === "get" ? "-g FILENAME to fetch" : "-l to list";
    throw usageFailure(`A command is an option: use ${use}.`);
  }
  if (isGet && more.length > 0) return assertNames([third, ...more]);
  if (more.length > 0)
    throw usageFailure(`Too many arguments: DATA_PORT is the last one. ${SECRET_HINT}`);
  if (isGet && NO_PORT.test(third) && !isFileName(third))
    throw usageFailure(
      `DATA_PORT takes a decimal number from ${LOWEST_DATA_PORT} to ${HIGHEST_PORT}. For several files, put -g before each name; put a name with spaces in quotes.`,
    );
}

/** Returns the files to fetch; undefined for -l. */
export function readSelection(args: Arguments): FileSelection | undefined {
  const names = [...new Set([...args.texts("get"), ...listMoreNames(args)])];
  const [isList, all] = [args.flag("list"), args.flag("all")];
  if ([isList, all, names.length > 0].filter(Boolean).length !== 1) {
    const notBoth = isList || all ? "; not more than one of them" : "";
    throw usageFailure(
      `Give one command: -l to list, -g FILENAME to fetch, or --all to fetch all files${notBoth}.`,
    );
  }
  return isList ? undefined : { names, all };
}

/** DATA_PORT, if the word after SERVER_PORT stands for one. */
export function hasDataPort(args: Arguments): boolean {
  return args.text("data-port") !== undefined && listMoreNames(args).length === 0;
}

/** The names after SERVER_PORT. A single word there is a DATA_PORT, unless it looks like the name of a file. */
function listMoreNames(args: Arguments): readonly string[] {
  const word = args.text("data-port");
  if (word === undefined || args.text("get") === undefined) return [];
  return args.rest.length > 0 || isFileName(word) ? [word, ...args.rest] : [];
}

/** True if the name can stand for several files. */
export function isPattern(name: string): boolean {
  return /[*?[]/.test(name);
}

function isFileName(word: string): boolean {
  return FILE_NAME.test(word) || isPattern(word);
}

/** Of several words none can be a DATA_PORT, which stands alone. */
function assertNames(words: readonly string[]): void {
  if (!words.some((word) => "port" in parsePort(word, 1))) return;
  throw usageFailure(
    `It is not clear whether the number is DATA_PORT or the name of a file. For several files and a DATA_PORT, put -g before each name, and DATA_PORT at the end. For a file whose name is a number, put -g before it. ${SECRET_HINT}`,
  );
}
