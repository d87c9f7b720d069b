// A client that is compared with ours: its name, its command line with placeholders, and the port of its server.

import { usageFailure } from "../cli/arguments.ts";

export interface Competitor {
  readonly name: string;
  readonly words: readonly string[];
  /** The port of its server, whose processor time and memory are measured too; undefined if it is not known. */
  readonly port: number | undefined;
}

/** `NAME=COMMAND` or `NAME@PORT=COMMAND`. */
const FORM = /^\s*([^@=\s]+)(?:@([1-9][0-9]{0,4}))?=(.+)$/;

/** A word of a command. Parts of it may be in quotes. */
const WORD = /(?:[^\s'"]|'[^']*'|"[^"]*")+/g;

/** Reads competitors, separated by line ends or by ` ; `. Throws a `Failure` of kind `usage`. */
export function readCompetitors(text: string): Competitor[] {
  const parts = text.split(/\s;\s|\n/).filter((part) => part.trim() !== "");
  return parts.map(readCompetitor);
}

function readCompetitor(text: string): Competitor {
  const [, name, port, command] = FORM.exec(text) ?? [];
  const words = (command?.match(WORD) ?? []).map((word) => word.replaceAll(/['"]/g, ""));
  if (name && words.length > 0)
    return { name, words, port: port === undefined ? undefined : Number(port) };
  throw usageFailure(`--against takes NAME=COMMAND or NAME@PORT=COMMAND, not "${text.trim()}".`);
}

/** Returns the command line with values in place of `{file}`, `{out}` and the other placeholders. */
export function fillCommand(
  { words }: Competitor,
  values: Readonly<Record<string, string>>,
): string[] {
  return words.map((word) =>
    word.replaceAll(/\{(\w+)\}/g, (placeholder, key) => values[key] ?? placeholder),
  );
}
