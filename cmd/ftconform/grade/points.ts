// What earns points: reads a points file, and makes the score of a report.

import { readFileSync } from "node:fs";
import {
  isSelected,
  REQUIREMENTS,
  ROLES,
  type Role,
  type Verdict,
} from "../../../conformance/index.ts";
import { formatError, systemCode } from "../../../lib/errors.ts";
import { quote } from "../../../lib/text.ts";
import type { Report } from "../model/report.ts";
import byDefault from "./points.toml";

const MODES = ["proportional", "all-or-nothing"] as const;
/** The words of Gradescope. */
const VISIBILITIES = ["visible", "hidden", "after_due_date", "after_published"] as const;
const MOST_POINTS = 1_000_000;

export interface Item {
  readonly name: string;
  readonly points: number;
  /** The ids of its rules; those that it names itself count even if they do not apply. */
  readonly rules: readonly { readonly id: string; readonly isNamed: boolean }[];
  readonly mode: (typeof MODES)[number];
  readonly visibility: (typeof VISIBILITIES)[number];
}

export interface Points {
  /** The share that an inconclusive rule earns, from 0 to 1. */
  readonly inconclusive: number;
  readonly items: readonly Item[];
}

export interface ItemScore {
  readonly item: Item;
  readonly earned: number;
  /** The rules that count, with what each earns, from 0 to 1. */
  readonly rules: readonly {
    readonly id: string;
    readonly verdict: Verdict;
    readonly share: number;
  }[];
}

export interface Score {
  readonly earned: number;
  readonly max: number;
  readonly items: readonly ItemScore[];
}

/** Reads a file, or the default. Throws an `Error` that names the key. */
export function readPoints(path: string | undefined): Points {
  if (path === undefined) return parsePoints(byDefault);
  try {
    return parsePoints(Bun.TOML.parse(readFileSync(path, "utf8")) as Table);
  } catch (error) {
    const why = systemCode(error) === "ENOENT" ? "there is no such file" : formatError(error);
    throw new Error(`points ${quote(path)}: ${why}`);
  }
}

type Table = Record<string, unknown>;

function parsePoints(table: Table): Points {
  checkKeys(table, ["mode", "inconclusive", "visibility", "item"], "the file");
  const items = table["item"];
  if (!Array.isArray(items) || items.length === 0) throw new Error("there is no [[item]]");
  const about = {
    mode: readChoice(table, "mode", MODES, "proportional", "the file"),
    visibility: readChoice(table, "visibility", VISIBILITIES, "visible", "the file"),
  };
  const owners = findOwners(items as Table[]);
  return {
    inconclusive: readNumber(table, "inconclusive", 1, "the file", 0),
    items: (items as Table[]).map((item, index) => readItem(item, index, owners, about)),
  };
}

/** Which item each id or step belongs to. */
function findOwners(items: readonly Table[]): Map<string, number> {
  const owners = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    for (const part of rulesOf(item, index)) {
      // Two items may share a step by their roles.
      const key = `${part} ${typeof item["role"] === "string" ? item["role"] : ""}`;
      if (owners.has(key)) throw new Error(`two items have the rule ${quote(part)}`);
      owners.set(key, index);
    }
  }
  return owners;
}

function readItem(
  item: Table,
  index: number,
  owners: ReadonlyMap<string, number>,
  about: Pick<Item, "mode" | "visibility">,
): Item {
  const where = nameOf(item, index);
  checkKeys(item, ["name", "rules", "points", "role", "mode", "visibility"], where);
  const role = readChoice<Role | "both">(item, "role", [...ROLES, "both"], "both", where);
  const parts = rulesOf(item, index);
  const named = new Set([...owners.keys()].map((key) => key.split(" ")[0] ?? ""));
  const rules = REQUIREMENTS.filter((one) => role === "both" || one.role === role).flatMap(
    ({ id, level }) => {
      if (parts.includes(id)) return [{ id, isNamed: true }];
      const isOfStep = isSelected(id, parts.join(",")) && level === "MUST" && !named.has(id);
      return isOfStep ? [{ id, isNamed: false }] : [];
    },
  );
  if (rules.length === 0) throw new Error(`${where}: no rule is left for it`);
  return {
    ...{ name: where, rules, points: readNumber(item, "points", MOST_POINTS, where) },
    mode: readChoice(item, "mode", MODES, about.mode, where),
    visibility: readChoice(item, "visibility", VISIBILITIES, about.visibility, where),
  };
}

const nameOf = ({ name }: Table, index: number): string =>
  typeof name === "string" && name !== "" ? name : `item ${index + 1}`;

function rulesOf(item: Table, index: number): string[] {
  const { rules } = item;
  const where = nameOf(item, index);
  if (!Array.isArray(rules) || rules.length === 0)
    throw new Error(`${where}: rules takes a list such as ["S7.1", "S9"]`);
  for (const part of rules) {
    const isKnown = typeof part === "string" && part !== "" && !part.includes(",");
    if (!isKnown || !REQUIREMENTS.some(({ id }) => isSelected(id, part)))
      throw new Error(`${where}: there is no rule ${quote(String(part))}`);
  }
  return rules as string[];
}

function checkKeys(table: Table, known: readonly string[], where: string): void {
  const stray = Object.keys(table).find((key) => !known.includes(key));
  if (stray !== undefined)
    throw new Error(`${where}: the key ${quote(stray)} is unknown; known are ${known.join(", ")}`);
}

function readChoice<T extends string>(
  table: Table,
  key: string,
  choices: readonly T[],
  fallback: T,
  where: string,
): T {
  const value = table[key] ?? fallback;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`${where}: ${key} takes ${choices.join(", ")}`);
  return found;
}

function readNumber(
  table: Table,
  key: string,
  most: number,
  where: string,
  fallback?: number,
): number {
  const value = table[key] ?? fallback;
  if (typeof value === "number" && value >= 0 && value <= most) return value;
  throw new Error(`${where}: ${key} takes a number from 0 to ${most}`);
}

/** The score of a submission. Without a report, since nothing could be tested, it earns nothing. */
export function scoreReport(report: Report | undefined, points: Points): Score {
  const items = points.items.map((item) => scoreItem(item, report, points));
  const sum = (numbers: readonly number[]): number => round(numbers.reduce((a, b) => a + b, 0));
  return {
    earned: sum(items.map(({ earned }) => earned)),
    max: sum(items.map(({ item }) => item.points)),
    items,
  };
}

function scoreItem(item: Item, report: Report | undefined, { inconclusive }: Points): ItemScore {
  const shares = { pass: 1, fail: 0, inconclusive, "not-applicable": 0 };
  const rules = item.rules.flatMap(({ id, isNamed }) => {
    const finding = report?.findings.find((one) => one.id === id);
    if (!finding) return [];
    const { verdict, results } = finding;
    const isHandedIn = results.every(({ role }) => report?.request[role] !== undefined);
    if (verdict === "not-applicable" && !isNamed && isHandedIn) return [];
    return [{ id, verdict, share: shares[verdict] }];
  });
  const sum = rules.reduce((before, { share }) => before + share, 0);
  const share = rules.length === 0 ? 0 : sum / rules.length;
  const counted = item.mode === "all-or-nothing" && share < 1 ? 0 : share;
  return { item, rules, earned: round(item.points * counted) };
}

/** Two digits after the point, as marks are given. */
const round = (value: number): number => Math.round(value * 100) / 100;
