// Command lines read strictly. A program's arguments are citty's data, and citty draws the help; but its parser
// accepts what it does not know, and takes 4 ms to load, so that the reading is done here.

import type { ArgDef, ArgsDef } from "citty";
import { Failure } from "../../lib/errors.ts";
import { parsePort } from "../../lib/protocol/port.ts";
import { sanitizeForDisplay } from "../../lib/text.ts";

/** A program as citty takes it, with an example for the end of its help. */
export interface Program {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  /** True where `--json` asks for an object on standard output after a failure, too. */
  readonly jsonErrors?: boolean;
  /** What to say of surplus arguments; it does not repeat them, where they may be secret. */
  readonly surplus?: string;
  readonly args: ArgsDef;
}

/** A negative number is none: it is a wrong argument, and told as that. */
const OPTION = /^-[^0-9]/;

/** The values of one command line: what was not given is undefined. */
export class Arguments {
  readonly #values = new Map<string, string | true>();
  readonly #positionals: string[] = [];

  /**
   * Throws a `Failure` of kind `usage` for an unknown option, one that is given twice or without its value, and a
   * surplus argument. The forms are POSIX's and GNU's: `-g NAME`, `--get NAME`, `--get=NAME`, `--` ends the options.
   */
  constructor(
    private readonly program: Program,
    raw: readonly string[],
  ) {
    const words = raw[Symbol.iterator]();
    for (const word of words) {
      if (word === "--") this.#positionals.push(...words);
      else if (OPTION.test(word)) this.#option(word, words);
      else this.#positionals.push(word);
    }
    this.#place();
  }

  flag(name: string): boolean {
    return this.#values.get(name) === true;
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === true ? undefined : value;
  }

  /** The value of an argument that must be there. */
  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined && value !== "") return value;
    throw usage(`${label(name)} is missing. See ${this.program.name} --help.`);
  }

  port(name: string, lowest: number): number {
    const result = parsePort(this.required(name), lowest);
    if ("port" in result) return result.port;
    throw usage(`${label(name)} ${result.why}.`);
  }

  /** A decimal number from `lowest` to `highest`; `fallback` where the option was not given. */
  number(name: string, lowest: number, highest: number, fallback: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = /^(0|[1-9][0-9]{0,8})(\.[0-9]{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= lowest && value <= highest) return value;
    throw usage(`--${name} takes a number from ${lowest} to ${highest}, not ${shown(text)}.`);
  }

  /** The same without a fraction. */
  whole(name: string, lowest: number, highest: number, fallback: number): number {
    const value = this.number(name, lowest, highest, fallback);
    if (Number.isInteger(value)) return value;
    throw usage(`--${name} takes a whole number from ${lowest} to ${highest}, not ${value}.`);
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    const found = choices.find((choice) => choice === text);
    if (text === undefined || found) return found;
    throw usage(`--${name} takes ${choices.join(", ")}, not ${shown(text)}.`);
  }

  #option(word: string, words: Iterator<string>): void {
    const equals = word.indexOf("=");
    const form = equals < 0 ? word : word.slice(0, equals);
    const found = Object.entries(this.program.args).find(([name, arg]) =>
      forms(name, arg).includes(form),
    );
    if (!found) throw this.#unknown(form);
    const [name, arg] = found;
    if (this.#values.has(name)) throw usage(`${form} is given more than once.`);
    this.#values.set(name, arg.type === "boolean" ? flagValue(word, form) : valueOf(arg));

    function valueOf({ valueHint }: ArgDef): string {
      const value =
        equals < 0 ? (words.next().value as string | undefined) : word.slice(equals + 1);
      if (value) return value;
      throw usage(`${form} takes a value: ${form} ${valueHint}.`);
    }
  }

  #place(): void {
    const names = Object.entries(this.program.args).filter(([, arg]) => arg.type === "positional");
    for (const [index, value] of this.#positionals.entries()) {
      const name = names[index]?.[0];
      if (name === undefined && this.program.surplus) throw usage(this.program.surplus);
      if (name === undefined)
        throw usage(`Surplus argument ${shown(value)}. See ${this.program.name} --help.`);
      this.#values.set(name, value);
    }
  }

  #unknown(form: string): Failure {
    const known = Object.entries(this.program.args).flatMap(([name, arg]) => forms(name, arg));
    const near = known.find((option) => option.length > 2 && distance(option, form) <= 2);
    const hint = near ? ` Did you mean ${near}?` : ` See ${this.program.name} --help.`;
    return usage(`Unknown option ${shown(form)}.${hint}`);
  }
}

/** The help of a program, in colours only where `colours` is set. */
export async function help(
  { name, description, args, example }: Program,
  colours: boolean,
): Promise<string> {
  const { renderUsage } = await import("citty");
  const labelled = Object.entries(args).map(([key, arg]) => [
    arg.type === "positional" ? label(key) : key,
    arg,
  ]);
  const drawn = await renderUsage({
    meta: { name, description },
    args: Object.fromEntries(labelled),
  });
  const text = `${drawn.trim()}\n\nEXAMPLES\n\n${example}\n`;
  return colours ? text : Bun.stripANSI(text).replace(/ +$/gm, "");
}

export function usage(sentence: string): Failure {
  return new Failure("usage", sentence);
}

function forms(name: string, arg: ArgDef): string[] {
  if (arg.type === "positional") return [];
  const { alias = [] } = arg as { alias?: string | string[] };
  return [`--${name}`, ...[alias].flat().map((one) => (one.length > 1 ? `--${one}` : `-${one}`))];
}

function flagValue(word: string, form: string): true {
  if (word !== form) throw usage(`${form} takes no value.`);
  return true;
}

/** Levenshtein's distance: how many letters must be added, taken away or changed. */
function distance(a: string, b: string): number {
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

function label(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}

function shown(text: string): string {
  return `"${sanitizeForDisplay(text.slice(0, 80))}"`;
}
