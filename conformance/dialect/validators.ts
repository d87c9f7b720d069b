// What a value of a dialect may be, as small checks that are put together; each says where and what is wrong.

import { findIntegerFormat } from "./integer.ts";
import { parseTemplate } from "./template.ts";

/** Throws a sentence that names the place and what is wrong there. */
export type Check = (value: unknown, where: string) => void;

export function wrong(where: string, what: string): never {
  throw new Error(`${where}: ${what}`);
}

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

export const text: Check = (value, where) => {
  if (typeof value !== "string") wrong(where, `a text in quotes is wanted, not ${shown(value)}`);
};

export const number: Check = (value, where) => {
  const good = typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  if (!good) wrong(where, `a whole number is wanted, not ${shown(value)}`);
};

export const flag: Check = (value, where) => {
  if (typeof value !== "boolean") wrong(where, `true or false is wanted, not ${shown(value)}`);
};

/** A text with holes and encoders. */
export const template: Check = (value, where) => {
  text(value, where);
  said(where, () => parseTemplate(value as string));
};

/** A regular expression; the spelling that Python has for a named group is taken too. */
export const regex: Check = (value, where) => {
  text(value, where);
  said(where, () => new RegExp((value as string).replaceAll("(?P<", "(?<")));
};

export const width: Check = (value, where) => {
  text(value, where);
  if (!findIntegerFormat(value as string))
    wrong(where, `u8, u16be, u32le, dec, dec8 … is wanted, not ${shown(value)}`);
};

export const port: Check = (value, where) => {
  number(value, where);
  if ((value as number) < 1 || (value as number) > 65_535)
    wrong(where, "a port is from 1 to 65535");
};

export const oneOf =
  (...choices: string[]): Check =>
  (value, where) => {
    if (!choices.includes(value as string))
      wrong(where, `one of ${choices.join(", ")} is wanted, not ${shown(value)}`);
  };

export const either =
  (what: string, ...checks: Check[]): Check =>
  (value, where) => {
    if (!checks.some((check) => passes(check, value)))
      wrong(where, `${what} is wanted, not ${shown(value)}`);
  };

export const list =
  (each: Check): Check =>
  (value, where) => {
    if (!Array.isArray(value)) wrong(where, `a list in [ ] is wanted, not ${shown(value)}`);
    value.forEach((item, at) => each(item, `${where}[${at + 1}]`));
  };

export const table =
  (needed: Record<string, Check>, optional: Record<string, Check> = {}): Check =>
  (value, where) => {
    const keys = { ...needed, ...optional };
    const given = entries(value, where);
    for (const [key, item] of given) {
      const check = keys[key];
      const there = dotted(where, key);
      if (!check) wrong(there, `there is no such key; there are ${Object.keys(keys).join(", ")}`);
      check(item, there);
    }
    for (const key of Object.keys(needed))
      if (!given.some(([name]) => name === key)) wrong(dotted(where, key), "it is missing");
  };

/** A table with any keys. */
export const anything =
  (each: Check): Check =>
  (value, where) => {
    for (const [key, item] of entries(value, where)) each(item, dotted(where, key));
  };

function entries(value: unknown, where: string): [string, unknown][] {
  const isTable = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isTable) wrong(where, `a table with keys is wanted, not ${shown(value)}`);
  return Object.entries(value);
}

// "file.toml: get.steps[2]": the file is set off from the key.
const dotted = (where: string, key: string): string =>
  where.endsWith(".toml") || !where.includes(": ") ? `${where}: ${key}` : `${where}.${key}`;

function said(where: string, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    wrong(where, error instanceof Error ? error.message : String(error));
  }
}

function passes(check: Check, value: unknown): boolean {
  try {
    check(value, "");
    return true;
  } catch {
    return false;
  }
}
