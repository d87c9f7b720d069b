// The manual page of a program (man(7)), made from the same definition as its help.

import type { ArgDef } from "citty";
import { formatPositional, type Program } from "../cli/arguments.ts";
import { listShownSpellings } from "../cli/help.ts";

/** Returns the page in section 1. `others` are the programs to see also. */
export function formatManPage(
  program: Program,
  version: string,
  others: readonly string[],
): string {
  const { name, description, args, example } = program;
  const all = Object.entries(args);
  const positionals = all.filter(([, { type }]) => type === "positional");
  const options = all.filter(([, { type }]) => type !== "positional");
  const words = positionals.map(([key, { required }]) =>
    required ? formatItalic(formatPositional(key)) : `[${formatItalic(formatPositional(key))}]`,
  );
  const parts = [
    `.TH ${name.toUpperCase()} 1 "" "ftkit ${version}" "ftkit"`,
    `.SH NAME\n${name} \\- ${escapeText(description)}`,
    `.SH SYNOPSIS\n${[formatBold(name), `[${formatItalic("OPTIONS")}]`, ...words].join(" ")}`,
    ...(positionals.length > 0 ? [`.SH ARGUMENTS\n${describe(positionals)}`] : []),
    `.SH OPTIONS\n${describe(options)}`,
    `.SH EXAMPLES\n.nf\n${example.split("\n").map(escapeText).join("\n")}\n.fi`,
    `.SH "SEE ALSO"\n${others.map((one) => `${formatBold(one)}(1)`).join(", ")}`,
  ];
  return `${parts.join("\n")}\n`;
}

function describe(entries: readonly [string, ArgDef][]): string {
  return entries
    .map(([key, arg]) => `.TP\n${formatLabel(key, arg)}\n${escapeText(arg.description ?? "")}`)
    .join("\n");
}

function formatLabel(key: string, arg: ArgDef): string {
  if (arg.type === "positional") return formatItalic(formatPositional(key));
  const names = listShownSpellings(key, arg).map(formatBold).join(", ");
  return arg.valueHint ? `${names} ${formatItalic(arg.valueHint)}` : names;
}

function formatBold(text: string): string {
  return `\\fB${escapeText(text)}\\fR`;
}

function formatItalic(text: string): string {
  return `\\fI${escapeText(text)}\\fR`;
}

/** A line that begins with a dot or an apostrophe would be a request, and a bare `-`, `^` or `~` another character than what to type. */
function escapeText(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replace(/^(?=\.)/, "\\&");
}
