// The help of a program, in lines that fit the terminal, with examples at its end.

import type { ArgDef } from "citty";
import { formatPositional, listSpellings, type Program } from "./arguments.ts";

/** The width of the help, in columns: that of the terminal within these bounds. */
const WIDEST = 80;
const NARROWEST = 30;

const LABEL_INDENT = "  ";
const TEXT_INDENT = "      ";

/** Returns the help for a terminal of `columns` columns, with bold titles only if `useColours` is true. */
export function renderHelp(
  { name, description, args, example }: Program,
  useColours: boolean,
  columns = WIDEST,
): string {
  const width = Math.max(NARROWEST, Math.min(WIDEST, columns));
  const title = (text: string) => (useColours ? `\x1b[1m${text}\x1b[22m` : text);
  const all = Object.entries(args);
  const describe = (entries: [string, ArgDef][]) =>
    entries
      .map(
        ([key, arg]) =>
          `${LABEL_INDENT}${formatLabel(key, arg)}\n${wrap(arg.description ?? "", TEXT_INDENT, width)}\n`,
      )
      .join("");
  const positionals = all.filter(([, { type }]) => type === "positional");
  const options = all.filter(([, { type }]) => type !== "positional");
  const words = positionals.map(([key, { required }]) =>
    required ? formatPositional(key) : `[${formatPositional(key)}]`,
  );
  const usage = wrap([name, "[OPTIONS]", ...words].join(" "), LABEL_INDENT, width);
  const parts = [
    wrap(description, "", width),
    `${title("USAGE")}\n${usage}`,
    ...(positionals.length > 0
      ? [`${title("ARGUMENTS")}\n${describe(positionals).trimEnd()}`]
      : []),
    `${title("OPTIONS")}\n${describe(options).trimEnd()}`,
    `${title("EXAMPLES")}\n${example}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

/** `-g` and `--get`. An alias of several letters is an old name of the option: it still works, but is not shown. */
export function listShownSpellings(key: string, arg: ArgDef): string[] {
  const [long = "", ...others] = listSpellings(key, arg);
  return [...others.filter((one) => !one.startsWith("--")), long];
}

/** `-g, --get FILENAME`. */
function formatLabel(key: string, arg: ArgDef): string {
  if (arg.type === "positional") return formatPositional(key);
  const names = listShownSpellings(key, arg).join(", ");
  return arg.valueHint ? `${names} ${arg.valueHint}` : names;
}

/** Breaks the text at spaces. A word that is longer than a line is not broken, so that it can be copied. */
function wrap(text: string, indent: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`${indent}${word}`);
  }
  return lines.join("\n");
}
