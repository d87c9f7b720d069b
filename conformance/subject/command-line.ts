// A command line with placeholders, turned into arguments without a shell.

import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** What fills the placeholders; an argument with one that has no value is left out. */
export type PlaceholderValues = Record<string, string | number | undefined>;

const WORD = /"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+)/g;
const PLACEHOLDER = /\{(\w+)\}/g;

/** Splits as a shell would: blanks separate, quotes and backslashes keep together. */
export function splitCommand(command: string): string[] {
  const found = [...command.trim().matchAll(WORD)];
  return found.map(([, double, single, bare]) =>
    (double ?? bare) === undefined ? (single ?? "") : unescape(double ?? bare ?? ""),
  );
}

const unescape = (text: string): string => text.replace(/\\(.)/g, "$1");

/** The names in braces. */
export const placeholdersOf = (command: string): string[] =>
  [...command.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);

/** The arguments of a command line; each relative path that exists under `from` is made absolute. */
export function fillCommand(
  template: string,
  values: PlaceholderValues,
  from = process.cwd(),
): string[] {
  return splitCommand(template).flatMap((word) => {
    const names = placeholdersOf(word);
    if (names.some((name) => values[name] === undefined)) return [];
    if (names.length === 0) return [makeAbsolute(word, from)];
    return [word.replace(PLACEHOLDER, (_, name: string) => String(values[name]))];
  });
}

/** A command line without a placeholder and the option in front of it, as in `-p {port}`; undefined if there is no such option. */
export function withoutOption(template: string, name: string): string | undefined {
  const words = splitCommand(template);
  const at = words.findIndex((word) => placeholdersOf(word).includes(name));
  const option = words[at - 1] ?? "";
  // A word before the last dash may be the program itself, or one of its runtime.
  if (at < 2 || !/^--?[A-Za-z]/.test(option)) return undefined;
  return words
    .toSpliced(at - 1, 2)
    .map((word) => JSON.stringify(word))
    .join(" ");
}

// The subject runs in a fresh directory, where `./ftserver` and `ftclient.py` are not found.
function makeAbsolute(word: string, from: string): string {
  if (word.startsWith("-") || word.startsWith("/")) return word;
  const path = resolve(from, word);
  return existsSync(path) ? path : word;
}

/** `host:port` of a server that runs already; nothing for a command. */
export function parseAddress(subject: string): { host: string; port: number } | undefined {
  const match = /^\[?([\w.:-]+?)\]?:(\d{1,5})$/.exec(subject.trim());
  return match?.[1] && match[2] ? { host: match[1], port: Number(match[2]) } : undefined;
}
