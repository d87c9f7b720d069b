// What bash and zsh complete on the command line of a program, made from the same definition as its help.

import type { ArgDef } from "citty";
import { formatPositional, type Program } from "../cli/arguments.ts";
import { listShownSpellings } from "../cli/help.ts";

/** What the value of an argument can be: one of some words, a file, a directory, or something that no shell knows. */
type Values = readonly string[] | "file" | "directory" | undefined;

function findValues(key: string, { type, valueHint = "" }: ArgDef): Values {
  if (/^[a-z]+(\|[a-z]+)+$/.test(valueHint)) return valueHint.split("|");
  if (type === "positional") return key === "dir" ? "directory" : undefined;
  if (valueHint === "DIR") return "directory";
  return /^(FILE|COMMAND)|FILE$|^FILE/.test(valueHint) ? "file" : undefined;
}

/** A script for bash 4 or newer. */
export function formatBashCompletion({ name, args }: Program): string {
  const all = Object.entries(args);
  const options = all.filter(([, { type }]) => type !== "positional");
  const valued = options.filter(([, { type }]) => type === "string");
  const cases = valued.map(([key, arg]) => {
    const names = listShownSpellings(key, arg).join(" | ");
    return `    ${names}) ${formatBashReply(findValues(key, arg))} return ;;`;
  });
  const names = options.flatMap(([key, arg]) => listShownSpellings(key, arg));
  const others = all
    .filter(([, { type }]) => type === "positional")
    .map(([key, arg]) => formatBashReply(findValues(key, arg)));
  return `# What bash completes for ${name}.
_${name}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  # bash splits --name=value at the sign.
  if [[ $word == = ]]; then word=
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  case $before in
${cases.join("\n")}
  esac
  if [[ $word == -* ]]; then
    ${formatBashReply(names)}
  else
    :
    ${others.filter(Boolean).join("\n    ")}
  fi
}
complete -o filenames -F _${name} ${name}
`;
}

function formatBashReply(values: Values): string {
  if (values === undefined) return "";
  if (typeof values !== "string")
    return `mapfile -t COMPREPLY < <(compgen -W '${values.join(" ")}' -- "$word");`;
  return `mapfile -t COMPREPLY < <(compgen ${values === "file" ? "-f" : "-d"} -- "$word");`;
}

/** A function for zsh, to be loaded by compinit. */
export function formatZshCompletion({ name, args, rest }: Program): string {
  const specs = Object.entries(args).map(([key, arg]) => {
    const action = formatZshAction(findValues(key, arg));
    if (arg.type === "positional") {
      const prefix = key === rest ? "*:" : arg.required === false ? "::" : ":";
      return quote(`${prefix}${formatPositional(key)}:${action}`);
    }
    const names = listShownSpellings(key, arg);
    const value = arg.type === "string" ? `:${escapeColons(arg.valueHint ?? "")}:${action}` : "";
    const text = `[${(arg.description ?? "").replace(/[\\[\]]/g, "\\$&")}]${value}`;
    const exclusive = `(${names.join(" ")})`;
    return names
      .map((one) => (value !== "" && one.startsWith("--") ? `${one}=` : one))
      .map((one) => quote(`${exclusive}${one}${text}`))
      .join(" ");
  });
  return `#compdef ${name}\n_arguments \\\n  ${specs.join(" \\\n  ")}\n`;
}

function formatZshAction(values: Values): string {
  if (values === undefined) return " ";
  if (typeof values !== "string") return `(${values.join(" ")})`;
  return values === "file" ? "_files" : "_directories";
}

function escapeColons(text: string): string {
  return text.replaceAll(":", "\\:");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
