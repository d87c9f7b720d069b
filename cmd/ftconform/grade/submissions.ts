// The submissions of a class: the rows of a CSV file, or the folders of a directory that are all called in the same way.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EXTRA_OPTIONS, type Extras, type SuiteOptions } from "../../../conformance/index.ts";
import { formatError, systemCode } from "../../../lib/errors.ts";
import { quote } from "../../../lib/text.ts";
import { editDistance, usageFailure } from "../../cli/arguments.ts";
import { decodeCsv, readRows, type Row, SEPARATORS } from "./csv.ts";
import { FileNames } from "./file-names.ts";

export interface Submission {
  readonly name: string;
  /** The name of its report's files, without their endings. */
  readonly file: string;
  /** The line of the CSV file; a folder has none. */
  readonly line?: number;
  /** The commands and what belongs to them. */
  readonly options: SuiteOptions;
  /** Where relative paths of the commands start, and where it is built. */
  readonly directory: string;
  /** A command for the shell, which makes the programs. */
  readonly build?: string;
  /** The file that says what earns points, if it has one of its own. */
  readonly points?: string;
  /** The columns that mean nothing here, by their titles: they stand in the marks again. */
  readonly others: Readonly<Record<string, string>>;
  /** Why it cannot be tested. */
  readonly problem?: string;
}

const COLUMNS = ["name", "server", "client", "dialect"] as const;
const MORE_COLUMNS = ["build", "cwd", "env", "stdin", "points"] as const;
const KNOWN: readonly string[] = [...COLUMNS, ...MORE_COLUMNS, ...EXTRA_OPTIONS];

/** The first word of the column `env`. */
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** What the command line says of every folder. */
export interface FolderOptions {
  readonly options: SuiteOptions;
  readonly build?: string;
  /** No submission: the reports go there. */
  readonly out: string;
}

/** Reads them. Throws a `Failure` of kind `usage` if the table or the directory is of no use; a wrong row spoils itself alone. */
export function readSubmissions(path: string, folders: FolderOptions): Submission[] {
  try {
    const isDirectory = statSync(path).isDirectory();
    return isDirectory
      ? readFolders(path, folders)
      : readTable(findTable(decodeCsv(readFileSync(path))), resolve(dirname(path)));
  } catch (error) {
    const why = systemCode(error) === "ENOENT" ? "there is no such file" : formatError(error);
    throw usageFailure(`--grade ${quote(path)}: ${why}.`);
  }
}

function readFolders(path: string, { options, build, out }: FolderOptions): Submission[] {
  const files = new FileNames();
  // A link could lead to the folder of another person.
  const names = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => resolve(path, name) !== resolve(out))
    .sort();
  if (names.length === 0) throw new Error("there are no folders in it");
  return names.map((name) => ({
    ...{ name, file: files.choose(name), options, directory: resolve(path, name), others: {} },
    ...(build && { build }),
  }));
}

const titlesOf = ({ fields }: Row): string[] => fields.map((title) => title.trim().toLowerCase());

/** The rows from the line with the column names on: a spreadsheet may have a title or a comment above it. */
function findTable(text: string): Row[] {
  for (const separator of [undefined, ...SEPARATORS]) {
    const rows = readRows(text, separator);
    const start = rows.findIndex((row) => titlesOf(row).includes("name") && row.fields.length > 1);
    if (start >= 0) return rows.slice(start);
  }
  return readRows(text);
}

function readTable([head, ...rows]: Row[], directory: string): Submission[] {
  const titles = head ? titlesOf(head) : [];
  checkTitles(titles);
  const files = new FileNames();
  const submissions = rows
    .map((row) => ({ ...row, fields: row.fields.map((value) => value.trim()) }))
    .filter(({ fields }) => !isComment(fields))
    .map((row) => readRow(titles, row, directory, files));
  if (submissions.length === 0) throw new Error("there are no submissions in it");
  return submissions;
}

function checkTitles(titles: readonly string[]): void {
  const stray = titles.filter((title) => title !== "" && !KNOWN.includes(title));
  const typo = stray.find((title) => KNOWN.some((known) => editDistance(title, known) <= 1));
  if (typo !== undefined) {
    const more = [...MORE_COLUMNS, ...EXTRA_OPTIONS].join(",");
    const first = `the first line is ${COLUMNS.join(",")}, and perhaps ${more}`;
    throw new Error(`column ${quote(typo)} is unknown; ${first}`);
  }
  if (!titles.includes("name")) throw new Error("there is no column called name");
  if (!titles.includes("server") && !titles.includes("client"))
    throw new Error("there is no column called server, and none called client");
  const twice = titles.find((title, at) => title !== "" && titles.indexOf(title) !== at);
  if (twice !== undefined) throw new Error(`there are two columns called ${twice}`);
}

const isComment = ([first = "", ...rest]: readonly string[]): boolean =>
  first.startsWith("#") && rest.every((value) => value === "");

function readRow(
  titles: readonly string[],
  row: Row,
  directory: string,
  files: FileNames,
): Submission {
  const { line, fields } = row;
  const cells = titles.map((title, index) => [title, fields[index] ?? ""] as const);
  const given: Partial<Record<string, string>> = Object.fromEntries(
    cells.filter(([title, value]) => KNOWN.includes(title) && value !== ""),
  );
  const { name = `line ${line}`, build, points, cwd = "" } = given;
  const why = findProblem(titles, row, given);
  return {
    ...{ name, file: files.choose(name), line, options: optionsOf(given, directory) },
    directory: resolve(directory, cwd),
    others: Object.fromEntries(cells.filter(([title]) => title && !KNOWN.includes(title))),
    ...(build && { build: [given["env"], build].filter(Boolean).join(" ") }),
    ...(points && { points: resolve(directory, points) }),
    ...(why && { problem: why }),
  };
}

function findProblem(
  titles: readonly string[],
  { fields, problem }: Row,
  { name, server, client, env }: Partial<Record<string, string>>,
): string | undefined {
  if (problem !== undefined) return problem;
  if (fields.slice(titles.length).some((value) => value !== ""))
    return `the row has ${fields.length} fields for ${titles.length} columns`;
  if (name === undefined) return "the row has no name";
  if (env !== undefined && !ASSIGNMENT.test(env))
    return `env takes NAME=value, separated by blanks, not ${quote(env)}`;
  if (!server && !client) return "the row has neither a server nor a client";
  return undefined;
}

function optionsOf(given: Partial<Record<string, string>>, directory: string): SuiteOptions {
  const { server, client, dialect, env, stdin } = given;
  const withEnvironment = (command: string): string => (env ? `${env} ${command}` : command);
  const extras = EXTRA_OPTIONS.flatMap((each) =>
    given[each] ? [[each, withEnvironment(given[each])]] : [],
  );
  return {
    ...(server && { server: withEnvironment(server) }),
    ...(client && { client: withEnvironment(client) }),
    // The dialect lies beside the list, wherever the programs are.
    ...(dialect && {
      dialect: isFile(join(directory, dialect)) ? join(directory, dialect) : dialect,
    }),
    ...(stdin && { answer: stdin }),
    ...(extras.length > 0 ? { extras: Object.fromEntries(extras) as Extras } : {}),
  };
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
