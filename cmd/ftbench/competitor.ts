// A program that takes part: its name, its command line as a template, and the port of its server.

import { usage } from "../cli/arguments.ts";

/** `port` is that of the server whose processor time and memory are counted; undefined where nobody named it. */
export interface Competitor {
  readonly name: string;
  readonly words: readonly string[];
  readonly port: number | undefined;
}

/** `NAME=COMMAND` or `NAME@PORT=COMMAND`. */
const FORM = /^\s*([^@=\s]+)(?:@([1-9][0-9]{0,4}))?=(.+)$/;

/** What may stand in a command: words, parts of them in quotes. */
const WORD = /(?:[^\s'"]|'[^']*'|"[^"]*")+/g;

/** Reads one contender a line, or several with ` ; ` between them. Throws a `Failure` of kind `usage`. */
export function readCompetitors(text: string): Competitor[] {
  return text
    .split(/\s;\s|\n/)
    .filter((part) => part.trim() !== "")
    .map(readContender);
}

function readContender(part: string): Competitor {
  const [, name, port, command] = FORM.exec(part) ?? [];
  const words = (command?.match(WORD) ?? []).map((word) => word.replaceAll(/['"]/g, ""));
  if (name && words.length > 0)
    return { name, words, port: port === undefined ? undefined : Number(port) };
  throw usage(`--against takes NAME=COMMAND or NAME@PORT=COMMAND, not "${part.trim()}".`);
}

/** The command line with `{file}`, `{out}` and the like replaced. */
export function commandOf(
  { words }: Competitor,
  values: Readonly<Record<string, string>>,
): string[] {
  return words.map((word) => word.replaceAll(/\{(\w+)\}/g, (hole, key) => values[key] ?? hole));
}
