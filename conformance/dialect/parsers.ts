// Parsers for the values of a dialect file: each checks a value, compiles it, and names the place if it is wrong.

import { findIntegerFormat, type IntegerFormat } from "./integer.ts";
import { Template } from "./template.ts";

/** Returns the value in its compiled form; throws an error that says where it is and what to write. */
export type Parser<T> = (value: unknown, place: string) => T;
type Parsers = Record<string, Parser<unknown>>;
type Parsed<P extends Parsers> = { [K in keyof P]: ReturnType<P[K]> };

export function reject(place: string, what: string): never {
  throw new Error(`${place}: ${what}`);
}

/** Runs all of them, and tells all mistakes at once: one a line. */
export function collect<T>(tasks: readonly (() => T)[]): T[] {
  const mistakes: string[] = [];
  const results = tasks.flatMap((task) => {
    try {
      return [task()];
    } catch (error) {
      mistakes.push(error instanceof Error ? error.message : String(error));
      return [];
    }
  });
  if (mistakes.length > 0) throw new Error([...new Set(mistakes)].join("\n"));
  return results;
}

const rejectValue = (place: string, what: string, value: unknown): never =>
  reject(place, `write ${what}, not ${JSON.stringify(value) ?? String(value)}`);

export const parseString: Parser<string> = (value, place) =>
  typeof value === "string" ? value : rejectValue(place, "a text in quotes", value);

export const parseBoolean: Parser<boolean> = (value, place) =>
  typeof value === "boolean" ? value : rejectValue(place, "true or false", value);

export const parseNumber: Parser<number> = (value, place) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : rejectValue(place, "a whole number", value);

export const parsePortNumber: Parser<number> = (value, place) => {
  const port = parseNumber(value, place);
  return port >= 1 && port <= 65_535 ? port : rejectValue(place, "a port from 1 to 65535", value);
};

export const parseTemplate: Parser<Template> = (value, place) => {
  const source = parseString(value, place);
  return atPlace(place, () => new Template(source));
};

/** Python's spelling of a named group, `(?P<name>`, is accepted too. */
export const parsePattern =
  (flags: "m" | "g"): Parser<RegExp> =>
  (value, place) => {
    const source = parseString(value, place).replaceAll("(?P<", "(?<");
    return atPlace(place, () => new RegExp(source, flags));
  };

function atPlace<T>(place: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    reject(place, error instanceof Error ? error.message : String(error));
  }
}

export const parseIntegerFormat: Parser<IntegerFormat> = (value, place) =>
  findIntegerFormat(parseString(value, place)) ??
  rejectValue(place, "u8, u16be, u32le, dec, dec8 or another integer format", value);

export const parseChoice =
  <const T extends string>(...choices: T[]): Parser<T> =>
  (value, place) =>
    choices.find((choice) => choice === value) ??
    rejectValue(place, `one of ${choices.join(", ")}`, value);

export const parseList =
  <T>(parseItem: Parser<T>): Parser<T[]> =>
  (value, place) =>
    Array.isArray(value)
      ? collect(value.map((item, at) => () => parseItem(item, `${place}[${at + 1}]`)))
      : rejectValue(place, "a list in [ ]", value);

/** A table with these keys. */
export const parseTable =
  <R extends Parsers, O extends Parsers>(
    required: R,
    optional: O,
  ): Parser<Parsed<R> & Partial<Parsed<O>>> =>
  (value, place) => {
    const keys: Parsers = { ...required, ...optional };
    const given = listEntries(value, place);
    const parsed = given.map(([key, item]) => () => {
      const parse = keys[key];
      if (parse) return [key, parse(item, joinKey(place, key))] as const;
      return reject(
        joinKey(place, key),
        `there is no such key; write one of ${Object.keys(keys).join(", ")}`,
      );
    });
    const missing = Object.keys(required)
      .filter((key) => !given.some(([name]) => name === key))
      .map((key) => () => reject(joinKey(place, key), "this key is missing"));
    return Object.fromEntries(collect([...parsed, ...missing])) as Parsed<R> & Partial<Parsed<O>>;
  };

/** A table with any keys. */
export const parseMap =
  <T>(parseItem: Parser<T>): Parser<Record<string, T>> =>
  (value, place) =>
    Object.fromEntries(
      collect(
        listEntries(value, place).map(
          ([key, item]) =>
            () =>
              [key, parseItem(item, joinKey(place, key))] as const,
        ),
      ),
    );

const listEntries = (value: unknown, place: string): [string, unknown][] =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : rejectValue(place, "a table with keys", value);

// "file.toml: get.steps[2]" has a colon between the file and the key.
export const joinKey = (place: string, key: string): string =>
  place.includes(": ") ? `${place}.${key}` : `${place}: ${key}`;
