// Every example command in the documentation uses options that the programs have, and the README lists every exit status.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../lib/errors.ts";
import { LOWEST_DATA_PORT } from "../../lib/protocol/port.ts";
import { defaultLimits } from "../../lib/server/limits.ts";
import { Arguments, type Program } from "../cli/arguments.ts";
import { renderHelp } from "../cli/help.ts";
import { SIGNAL_EXIT } from "../cli/signals.ts";
import { program as ftbench } from "../ftbench.ts";
import { program as ftclient } from "../ftclient.ts";
import { program as ftconform } from "../ftconform.ts";
import { program as ftpasswd } from "../ftpasswd.ts";
import { program as ftserver } from "../ftserver.ts";

const TOP = join(import.meta.dir, "../..");
const programs = [ftserver, ftclient, ftpasswd, ftconform, ftbench];

/** A block of a Markdown file that holds commands, and its kind: `console` shows their output too. */
const BLOCK = /^```(sh|console)\n(.*?)^```/gms;

/** A piece of a command line of the shell: blanks, a string in quotes, an operator, or other characters. */
const PIECE = /\s+|'[^']*'|"(?:\\.|[^"\\])*"|\\.|[0-9]*[<>]+|[|;&]+|[^\s'"\\|;&<>]+/g;

/** The command lines of a Markdown file, with their continued lines. */
function listLines(text: string): string[] {
  return [...text.matchAll(BLOCK)].flatMap(([, kind, block = ""]) => {
    const lines = block.replaceAll("\\\n", " ").split("\n");
    if (kind === "sh") return lines;
    return lines.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
  });
}

/** Splits a command line into its simple commands, and each of them into words, without redirections. */
function splitCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  let word: string | undefined;
  let isRedirection = false;
  const endWord = () => {
    if (word !== undefined && !isRedirection) commands.at(-1)?.push(word);
    if (word !== undefined) isRedirection = false;
    word = undefined;
  };
  for (const [piece] of line.matchAll(PIECE)) {
    if (word === undefined && piece.startsWith("#")) break;
    if (/^[\s|;&]|[<>]$/.test(piece)) endWord();
    else word = (word ?? "") + piece.replace(/^(['"])(.*)\1$/s, "$2").replace(/^\\/, "");
    if (/^[|;&]/.test(piece)) commands.push([]);
    if (/[<>]$/.test(piece)) isRedirection = true;
  }
  endWord();
  return commands;
}

/** The program that a command calls, as `NAME`, `build/NAME` or `bun cmd/NAME.ts`, and its arguments. Undefined for other commands. */
function findCall(words: readonly string[]): { program: Program; args: string[] } | undefined {
  const command = words.slice(words.findIndex((word) => !/^\w+=/.test(word)));
  const source = command.findIndex((word) => /^cmd\/\w+\.ts$/.test(word));
  const index = Math.max(0, source);
  const name = command[index]?.replace(/^(cmd|build)\//, "").replace(/\.ts$/, "");
  const program = programs.find((one) => one.name === name);
  return program && { program, args: command.slice(index + 1) };
}

/** Throws if the program does not have the options, or takes more or fewer arguments. */
function checkCall({ program, args }: { program: Program; args: readonly string[] }): void {
  const read = new Arguments(program, args);
  if (read.flag("help") || read.flag("version")) return;
  for (const [name, arg] of Object.entries(program.args))
    if (arg.type === "positional" && arg.required !== false) read.required(name);
}

const files = [
  "README.md",
  ...new Bun.Glob("{cmd,conformance,lib}/**/*.md").scanSync({ cwd: TOP }),
].sort();
const calls = files.flatMap((file) =>
  listLines(readFileSync(join(TOP, file), "utf8"))
    .flatMap(splitCommands)
    .flatMap((words) => {
      const call = findCall(words);
      return call ? [{ ...call, title: `${file}: ${words.join(" ")}` }] : [];
    }),
);

test.each(calls)("$title", (call) => checkCall(call));

test("the documentation has example commands of every program", () => {
  const names = new Set(calls.map(({ program }) => program.name));
  expect([...names].sort()).toEqual(programs.map(({ name }) => name).sort());
});

test.each(programs)("the examples in the help of $name are valid", ({ example }) => {
  const found = example.replaceAll("\\\n", " ").split("\n").flatMap(splitCommands).map(findCall);
  const valid = found.filter((call) => call !== undefined);
  expect(valid.length).toBeGreaterThanOrEqual(3);
  valid.forEach(checkCall);
});

test.each(programs)(
  "the help of $name lists each of its options, and fits 80 and 40 columns",
  (program) => {
    const help = renderHelp(program, false);
    for (const [name, arg] of Object.entries(program.args))
      if (arg.type !== "positional") expect(help).toMatch(new RegExp(`--${name}\\b.*\\n +\\w`));
    for (const columns of [80, 40]) {
      // A command, and a list of choices, is one word that a person copies: only what has spaces is broken.
      const [text = ""] = renderHelp(program, false, columns).split("EXAMPLES");
      const long = text.split("\n").filter((line) => line.length > columns);
      expect(long.filter((line) => !/^ +-/.test(line) || columns === 80)).toEqual([]);
    }
    expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
  },
);

test("the README's figures are those of the server", () => {
  const text = readFileSync(join(TOP, "README.md"), "utf8").replace(/\s+/g, " ");
  const { minRate, stall, rateWindow } = defaultLimits(1024);
  expect(text).toContain(`no port below ${LOWEST_DATA_PORT}.`);
  expect(text).toContain(`slower than ${minRate} bytes a second over two minutes`);
  expect(Math.max(stall, rateWindow)).toBe(120_000);
});

test.each([
  ["an unknown option", "FT_X='a b' npx --yes bun@1.4.5 cmd/ftclient.ts localhost 30021 --lst"],
  ["a missing value", "ftserver 30021 --root && true"],
  ["too many arguments", "ftserver 30021 files 30022 2>> log.txt"],
  ["too few arguments", "ftclient localhost -l | sort # the port is missing"],
])("%s in an example is found", (_, line) => {
  const call = splitCommands(line).map(findCall).find(Boolean);
  expect(call).toBeDefined();
  expect(() => call && checkCall(call)).toThrow();
});

test("the README has every exit status, and no other", () => {
  const readme = readFileSync(join(TOP, "README.md"), "utf8");
  const table = /^\| *exit status.*\n(?:\|.*\n)+/im.exec(readme)?.[0] ?? "";
  const cells = table
    .split("\n")
    .slice(2)
    .map((row) => row.split("|")[1] ?? "");
  const statuses = cells.flatMap((cell) => cell.match(/[0-9]+/g) ?? []).map(Number);
  expect(statuses).toEqual([...Object.values(EXIT), ...Object.values(SIGNAL_EXIT)]);
});
