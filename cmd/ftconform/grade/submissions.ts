// The submissions of a class: a CSV file with name, server command, client command, dialect, and commands for what is optional.

import { readFileSync } from "node:fs";
import { EXTRA_OPTIONS, type ExtraOption, type Extras } from "../../../conformance/index.ts";
import { formatError } from "../../../lib/errors.ts";
import { quote } from "../../../lib/text.ts";
import { editDistance, usageFailure } from "../../cli/arguments.ts";
import { decodeCsv, parseCsv, SEPARATORS } from "./csv.ts";
import { FileNames } from "./file-names.ts";

export interface Submission {
  readonly name: string;
  /** The name of its report's files, without their endings. */
  readonly file: string;
  /** A submission without a server and a client was not handed in. */
  readonly server?: string;
  readonly client?: string;
  readonly dialect?: string;
  readonly extras?: Extras;
}

export interface ClassList {
  readonly submissions: readonly Submission[];
  /** The titles of columns that mean nothing here. */
  readonly ignored: readonly string[];
}

const COLUMNS = ["name", "server", "client", "dialect"] as const;
type Column = (typeof COLUMNS)[number] | ExtraOption;
const KNOWN: readonly string[] = [...COLUMNS, ...EXTRA_OPTIONS];

/** Reads them. Throws a `Failure` of kind `usage` that names the line. */
export function readSubmissions(path: string): ClassList {
  try {
    return readList(findTable(decodeCsv(readFileSync(path))));
  } catch (error) {
    throw usageFailure(`--grade ${quote(path)}: ${formatError(error)}.`);
  }
}

const titlesOf = (row: readonly string[] = []): string[] =>
  row.map((title) => title.trim().toLowerCase());

/** The rows from the line with the column names on: a spreadsheet may have a title or a comment above it. */
function findTable(text: string): string[][] {
  for (const separator of [undefined, ...SEPARATORS]) {
    const rows = tryParse(text, separator);
    const start = rows.findIndex((row) => titlesOf(row).includes("name") && row.length > 1);
    if (start >= 0) return rows.slice(start);
  }
  return parseCsv(text);
}

// With a wrong separator, a quote may stand in the middle of a field.
function tryParse(text: string, separator: string | undefined): string[][] {
  try {
    return parseCsv(text, separator);
  } catch (error) {
    if (separator === undefined) throw error;
    return [];
  }
}

function readList([head = [], ...rows]: string[][]): ClassList {
  const titles = titlesOf(head);
  const stray = titles.filter((title) => title !== "" && !KNOWN.includes(title));
  const typo = stray.find((title) => KNOWN.some((known) => editDistance(title, known) <= 1));
  if (typo !== undefined) {
    const first = `the first line is ${COLUMNS.join(",")}, and perhaps ${EXTRA_OPTIONS.join(",")}`;
    throw new Error(`column ${quote(typo)} is unknown; ${first}`);
  }
  checkTitles(titles);
  const files = new FileNames();
  const submissions = rows
    .map((row) => row.map((value) => value.trim()))
    .filter((row) => !isComment(row))
    .map((row, index) => readRow(titles, row, index + 2, files));
  if (submissions.length === 0) throw new Error("there are no submissions in it");
  return { submissions, ignored: stray };
}

function checkTitles(titles: readonly string[]): void {
  if (!titles.includes("name")) throw new Error("there is no column called name");
  if (!titles.includes("server") && !titles.includes("client"))
    throw new Error("there is no column called server, and none called client");
  const twice = titles.find((title, at) => KNOWN.includes(title) && titles.indexOf(title) !== at);
  if (twice !== undefined) throw new Error(`there are two columns called ${twice}`);
}

const isComment = ([first = "", ...rest]: readonly string[]): boolean =>
  first.startsWith("#") && rest.every((value) => value === "");

function readRow(
  titles: readonly string[],
  row: readonly string[],
  at: number,
  files: FileNames,
): Submission {
  if (row.slice(titles.length).some((value) => value !== ""))
    throw new Error(`row ${at} has ${row.length} fields for ${titles.length} columns`);
  const values = titles.map((title, index) => [title, row[index] ?? ""] as const);
  const given: Partial<Record<Column, string>> = Object.fromEntries(
    values.filter(([title, value]) => KNOWN.includes(title) && value !== ""),
  );
  const { name, server, client, dialect } = given;
  if (name === undefined) throw new Error(`row ${at} has no name`);
  const extras = EXTRA_OPTIONS.flatMap((each) => (given[each] ? [[each, given[each]]] : []));
  return {
    name,
    file: files.choose(name),
    ...(server && { server }),
    ...(client && { client }),
    ...(dialect && { dialect }),
    ...(extras.length > 0 ? { extras: Object.fromEntries(extras) as Extras } : {}),
  };
}
