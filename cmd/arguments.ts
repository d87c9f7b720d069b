// Command lines read strictly: citty parses and draws the help, this file refuses what citty lets through.

import { type ArgsDef, parseArgs, renderUsage } from "citty";
import { Failure } from "../lib/errors.ts";
import { parsePort } from "../lib/port.ts";
import { visible } from "../lib/text.ts";

/** A program as citty takes it, with an example for the top of its help. */
export interface Program {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  readonly args: ArgsDef;
}

/** The values of one command line: what was not given is undefined. */
export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>;

  /** Throws a `Failure` of kind `usage` for an unknown option, an option without its value, or a surplus argument. */
  constructor(program: Program, raw: readonly string[]) {
    this.#values = parseArgs([...raw], optionalised(program.args));
    assertKnown(program, Object.keys(this.#values));
    assertNoSurplus(program, this.#values["_"] as string[]);
    assertValues(program, raw, this.#values);
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === "string" ? value : undefined;
  }

  /** The value of an argument that must be there. */
  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined && value !== "") return value;
    throw usage(`${label(name)} is missing.`);
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

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    const found = choices.find((choice) => choice === text);
    if (text === undefined || found) return found;
    throw usage(`--${name} takes ${choices.join(", ")}, not ${shown(text)}.`);
  }
}

/** The help of a program, in colours only where `colours` is set. */
export async function help(program: Program, colours: boolean): Promise<string> {
  const { name, description, args } = program;
  const drawn = await renderUsage({ meta: { name, description }, args: placeholders(args) });
  const text = `${drawn.trim()}\n\nEXAMPLES\n\n${program.example}\n`;
  return colours ? text : Bun.stripANSI(text).replace(/[ ]+$/gm, "");
}

export function usage(sentence: string): Failure {
  return new Failure("usage", sentence);
}

/** citty would end the program for a missing argument with a page of help: here all are optional, and asked for one by one. */
function optionalised(args: ArgsDef): ArgsDef {
  return Object.fromEntries(
    Object.entries(args).map(([name, arg]) => [name, { ...arg, required: false }]),
  );
}

/** In the help a positional argument stands as its name in capitals, which citty derives from the key. */
function placeholders(args: ArgsDef): ArgsDef {
  return Object.fromEntries(
    Object.entries(args).map(([name, arg]) => [
      arg.type === "positional" ? label(name) : name,
      arg,
    ]),
  );
}

function assertKnown({ name, args }: Program, given: readonly string[]): void {
  const known = Object.entries(args).flatMap(([option, { type, ...arg }]) =>
    type === "positional" ? [option] : [option, ...[("alias" in arg && arg.alias) || []].flat()],
  );
  const unknown = given.find(
    (key) => key !== "_" && !known.includes(key) && !known.includes(kebab(key)),
  );
  if (unknown === undefined) return;
  if (/^[0-9]/.test(unknown))
    throw usage(`-${shown(unknown)} is no option; a port number has no sign.`);
  const dashed = unknown.length === 1 ? `-${unknown}` : `--${unknown}`;
  throw usage(
    `Unknown option ${visible(dashed)}.${suggestion(unknown, known)} See ${name} --help.`,
  );
}

function assertNoSurplus({ name, args }: Program, positionals: readonly string[]): void {
  const most = Object.values(args).filter((arg) => arg.type === "positional").length;
  const surplus = positionals[most];
  if (surplus !== undefined) throw usage(`Surplus argument ${shown(surplus)}. See ${name} --help.`);
}

/** citty takes the next option for a missing value, and the last of two values in silence. */
function assertValues(
  { args }: Program,
  raw: readonly string[],
  values: Readonly<Record<string, unknown>>,
): void {
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type !== "string") continue;
    const forms = [`--${name}`, ...[arg.alias ?? []].flat().map((alias) => `-${alias}`)];
    const uses = raw.filter((word) =>
      forms.some((form) => word === form || word.startsWith(`${form}=`)),
    );
    if (uses.length > 1) throw usage(`${forms.at(-1)} is given more than once.`);
    if (uses.length === 1 && values[name] === "")
      throw usage(`${forms.at(-1)} takes a ${arg.valueHint}.`);
  }
}

function suggestion(unknown: string, known: readonly string[]): string {
  const near = known.find((option) => option.length > 2 && distance(option, unknown) <= 2);
  return near ? ` Did you mean --${near}?` : "";
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

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function shown(text: string): string {
  return `"${visible(text.slice(0, 80))}"`;
}
