// Reads a command line strictly. The arguments are described as citty describes them, but citty's parser is not used: it
// accepts unknown options and extra arguments silently, and takes 4.8 ms to load and run, where this takes 1.2.

import type { ArgDef, ArgsDef } from "citty";
import { Failure } from "../../lib/errors.ts";
import { parsePort } from "../../lib/protocol/port.ts";
import { sanitizeForDisplay } from "../../lib/text.ts";

/** A program as citty describes it, with examples for the end of its help. */
export interface Program {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  /** True if `--json` asks for an object on standard output after a failure, too. */
  readonly jsonErrors?: boolean;
  /** Options that may be given several times. */
  readonly repeatable?: readonly string[];
  /** The message for too many arguments, if they may be secret: the usual message repeats the first of them. */
  readonly tooManyArguments?: string;
  /** Throws a message for positional arguments that show a common mistake, before they are counted. */
  readonly checkPositionals?: (values: readonly string[], args: Arguments) => void;
  readonly args: ArgsDef;
  /** The last positional argument, if it may be given any number of times. */
  readonly rest?: string;
}

/** What an option looks like. `-5` is not an option: it is reported as an invalid value. */
const OPTION = /^-[^0-9]/;

/** How much of a wrong argument a message repeats, in characters. */
const MOST_QUOTED = 80;

/** How many letters of an option may be wrong for a suggestion. */
const MOST_TYPOS = 2;

/** The values of one command line. An option that was not given is undefined. */
export class Arguments {
  readonly #values = new Map<string, string | true>();
  /** All values of the options that may be given several times. */
  readonly #repeated = new Map<string, string[]>();
  /** The values of the argument that may be given several times. */
  rest: readonly string[] = [];

  /**
   * Throws a `Failure` of kind `usage` for an unknown option, for one that is given twice or without its value, and for
   * too many arguments. The forms are those of POSIX and GNU: `-g NAME`, `--get NAME`, `--get=NAME`; `--` ends the options.
   */
  constructor(
    private readonly program: Program,
    words: readonly string[],
  ) {
    const positionals: string[] = [];
    const rest = words[Symbol.iterator]();
    for (const word of rest) {
      if (word === "--") positionals.push(...rest);
      else if (OPTION.test(word)) this.#readOption(word, rest);
      else positionals.push(word);
    }
    program.checkPositionals?.(positionals, this);
    this.#namePositionals(positionals);
  }

  flag(name: string): boolean {
    return this.#values.get(name) === true;
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === true ? undefined : value;
  }

  /** All values of an option that may be given several times; `text` returns the first of them. */
  texts(name: string): readonly string[] {
    return this.#repeated.get(name) ?? [];
  }

  /** The value of an argument that must be given. */
  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined && value !== "") return value;
    throw usageFailure(`${formatPositional(name)} is missing. See ${this.program.name} --help.`);
  }

  port(name: string, lowest: number): number {
    const result = parsePort(this.required(name), lowest);
    if ("port" in result) return result.port;
    throw usageFailure(`${formatPositional(name)} ${result.why}.`);
  }

  /** A decimal number from `lowest` to `highest`, or `fallback` if the option was not given. */
  number(name: string, lowest: number, highest: number, fallback: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = /^(0|[1-9][0-9]{0,8})(\.[0-9]{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= lowest && value <= highest) return value;
    throw usageFailure(
      `--${name} takes a number from ${lowest} to ${highest}, not ${quoteShort(text)}.`,
    );
  }

  /** The same without a fraction. */
  integer(name: string, lowest: number, highest: number, fallback: number): number {
    const value = this.number(name, lowest, highest, fallback);
    if (Number.isInteger(value)) return value;
    throw usageFailure(
      `--${name} takes a whole number from ${lowest} to ${highest}, not ${value}.`,
    );
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    const found = choices.find((choice) => choice === text);
    if (text === undefined || found) return found;
    const list = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
    throw usageFailure(`--${name} takes ${list}, not ${quoteShort(text)}.`);
  }

  #readOption(word: string, rest: Iterator<string>): void {
    const [, spelling = word, , attached] = /^([^=]*)(=(.*))?$/s.exec(word) ?? [];
    const found = Object.entries(this.program.args).find(([name, arg]) =>
      listSpellings(name, arg).includes(spelling),
    );
    if (!found) throw this.#unknownOption(spelling);
    const [name, { type, valueHint }] = found;
    const isRepeatable = this.program.repeatable?.includes(name) ?? false;
    if (this.#values.has(name) && !isRepeatable)
      throw usageFailure(`${spelling} is given more than once.`);
    if (type === "boolean") {
      if (attached !== undefined) throw usageFailure(`${spelling} takes no value.`);
      this.#values.set(name, true);
      return;
    }
    const value = attached ?? (rest.next().value as string | undefined);
    if (!value) throw usageFailure(`${spelling} takes a value: ${spelling} ${valueHint}.`);
    if (!this.#values.has(name)) this.#values.set(name, value);
    if (isRepeatable) this.#repeated.set(name, [...this.texts(name), value]);
  }

  #namePositionals(values: readonly string[]): void {
    const { name: program, args, rest, tooManyArguments } = this.program;
    const all = Object.keys(args).filter((name) => args[name]?.type === "positional");
    const names = all.filter((name) => name !== rest);
    if (rest !== undefined) this.rest = values.slice(names.length);
    for (const [index, value] of values.slice(0, rest ? names.length : undefined).entries()) {
      const name = names[index];
      if (name !== undefined) this.#values.set(name, value);
      else
        throw usageFailure(
          tooManyArguments ?? `Too many arguments: ${quoteShort(value)}. See ${program} --help.`,
        );
    }
  }

  #unknownOption(spelling: string): Failure {
    const { name: program, args } = this.program;
    const known = Object.entries(args).flatMap(([name, arg]) => listSpellings(name, arg));
    const [near] = known
      .filter((option) => option.length > 2)
      .map((option) => ({ option, distance: editDistance(option, spelling) }))
      .filter(({ distance }) => distance <= MOST_TYPOS)
      .sort((one, other) => one.distance - other.distance);
    const hint = near ? `Did you mean ${near.option}?` : `See ${program} --help.`;
    return usageFailure(`Unknown option ${quoteShort(spelling)}. ${hint}`);
  }
}

export function usageFailure(sentence: string): Failure {
  return new Failure("usage", sentence);
}

/** The name of a positional argument as messages and the help show it: `SERVER_PORT`. */
export function formatPositional(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}

/** How an option may be written: `--get` and `-g`; nothing for a positional argument. */
export function listSpellings(name: string, arg: ArgDef): string[] {
  if (arg.type === "positional") return [];
  const { alias = [] } = arg as { alias?: string | string[] };
  return [`--${name}`, ...[alias].flat().map((one) => (one.length > 1 ? `--${one}` : `-${one}`))];
}

/** Levenshtein's distance: how many letters must be added, removed or changed. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** A wrong argument as a message repeats it. */
export function quoteShort(text: string): string {
  return `"${sanitizeForDisplay(text.slice(0, MOST_QUOTED))}"`;
}
