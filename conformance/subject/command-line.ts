// A command line with holes, turned into arguments without a shell.

import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** What fills the holes; one that is missing takes its whole argument away. */
export type PlaceholderValues = Record<string, string | number | undefined>;

const WORD = /"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+)/g;
const HOLE = /\{(\w+)\}/g;

/** Splits as a shell would: blanks separate, quotes and backslashes keep together. */
export function words(command: string): string[] {
  const found = [...command.trim().matchAll(WORD)];
  return found.map(([, double, single, bare]) =>
    (double ?? bare) === undefined ? (single ?? "") : unescape(double ?? bare ?? ""),
  );
}

const unescape = (text: string): string => text.replace(/\\(.)/g, "$1");

/** The arguments of a template, each relative path made absolute from where the suite was called. */
export function argv(template: string, values: PlaceholderValues, from = process.cwd()): string[] {
  return words(template).flatMap((word) => {
    const holes = [...word.matchAll(HOLE)].map(([, name]) => name ?? "");
    if (holes.some((name) => values[name] === undefined)) return [];
    if (holes.length === 0) return [anchored(word, from)];
    return [word.replace(HOLE, (_, name: string) => String(values[name]))];
  });
}

// The subject runs in a fresh directory, so `./ftserver` and `ftclient.py` would not be found there.
function anchored(word: string, from: string): string {
  if (word.startsWith("-") || word.startsWith("/")) return word;
  const path = resolve(from, word);
  return existsSync(path) ? path : word;
}

/** `host:port` of a server that runs already, or nothing where it is a command. */
export function address(subject: string): { host: string; port: number } | undefined {
  const match = /^\[?([\w.:-]+?)\]?:(\d{1,5})$/.exec(subject.trim());
  return match?.[1] && match[2] ? { host: match[1], port: Number(match[2]) } : undefined;
}
