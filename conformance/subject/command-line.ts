// A command line with placeholders, turned into arguments without a shell.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { splitCommand } from "./shell-words.ts";

export { splitCommand };

/** What fills the placeholders; an argument with one that has no value is left out. */
export type PlaceholderValues = Record<string, string | number | undefined>;

const PLACEHOLDER = /\{(\w+)\}/g;

/** The names in braces. */
export const placeholdersOf = (command: string): string[] =>
  [...command.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);

/** `NAME=value` in front of the program, as a shell takes it. */
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** The arguments of a command line; each relative path that exists under `from` is made absolute. */
export function fillCommand(
  template: string,
  values: PlaceholderValues,
  from = process.cwd(),
): string[] {
  const words = splitCommand(template);
  const filled = words.flatMap((word, at) => {
    const names = placeholdersOf(word);
    if (names.some((name) => values[name] === undefined)) return [];
    if (names.length === 0) return [makeAbsolute(word, from, words[at - 1])];
    return [word.replace(PLACEHOLDER, (_, name: string) => String(values[name]))];
  });
  // `env` sets the variables of a line that begins with them.
  return ASSIGNMENT.test(filled[0] ?? "") ? ["env", ...filled] : filled;
}

/** Where Python and Java look for modules and classes: the subject runs in a fresh directory, and not where they are. */
export function searchPaths(command: string, from: string): Record<string, string> {
  const { PYTHONPATH, CLASSPATH = from } = Bun.env;
  // A script finds its neighbours by itself; only a module is looked for where the command is given.
  const modules = splitCommand(command).includes("-m") ? [from] : [];
  const paths = [...(PYTHONPATH ? [PYTHONPATH] : []), ...modules].join(":");
  return { CLASSPATH, ...(paths === "" ? {} : { PYTHONPATH: paths }) };
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
function makeAbsolute(word: string, from: string, before: string | undefined): string {
  const [, name = "", value = word] = /^([\w-]+=)(.*)$/s.exec(word) ?? [];
  if (value.startsWith("-") || isModule(value, from, before)) return word;
  const parts = value.split(":").map((part) => makePathAbsolute(part, from));
  return name + parts.join(":");
}

function makePathAbsolute(path: string, from: string): string {
  if (path === "" || path.startsWith("/")) return path;
  const absolute = resolve(from, path);
  return existsSync(absolute) ? absolute : path;
}

/** `python3 -m pkg` and `java Server` name a module and a class, though a directory may have the same name. */
const isModule = (word: string, from: string, before: string | undefined): boolean =>
  before === "-m" || (/^\w+$/.test(word) && existsSync(resolve(from, `${word}.class`)));

/** `host:port` of a server that runs already; nothing for a command. */
export function parseAddress(subject: string): { host: string; port: number } | undefined {
  const match = /^\[?([\w.:-]+?)\]?:(\d{1,5})$/.exec(subject.trim());
  return match?.[1] && match[2] ? { host: match[1], port: Number(match[2]) } : undefined;
}
