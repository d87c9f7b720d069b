// The submissions of a class: a CSV file with name, server command, client command, dialect, and commands for what is optional.

import { readFileSync } from "node:fs";
import { EXTRA_OPTIONS, type ExtraOption, type Extras } from "../../../conformance/index.ts";
import { formatError, systemCode } from "../../../lib/errors.ts";
import { quote } from "../../../lib/text.ts";
import { usageFailure } from "../../cli/arguments.ts";
import { parseCsv } from "./csv.ts";

export interface Submission {
  readonly name: string;
  /** The name of its report's files, without their endings. */
  readonly file: string;
  readonly server?: string;
  readonly client?: string;
  readonly dialect?: string;
  readonly extras?: Extras;
}

const COLUMNS = ["name", "server", "client", "dialect"] as const;
type Column = (typeof COLUMNS)[number] | ExtraOption;
const KNOWN: readonly string[] = [...COLUMNS, ...EXTRA_OPTIONS];
/** The page that links all reports. */
const INDEX = "index";
const LONGEST = 80; // characters of a file name: enough to tell a name by

/** Reads them. Throws a `Failure` of kind `usage` that names the line. */
export function readSubmissions(path: string): Submission[] {
  try {
    return submissions(parseCsv(readFileSync(path, "utf8")));
  } catch (error) {
    const why = systemCode(error) === "ENOENT" ? "there is no such file" : formatError(error);
    throw usageFailure(`--grade ${quote(path)}: ${why}.`);
  }
}

function submissions([head = [], ...rows]: string[][]): Submission[] {
  const columns = head.map((title) => title.trim().toLowerCase());
  const stray = columns.find((title) => !KNOWN.includes(title));
  if (stray !== undefined) {
    const first = `the first line is ${COLUMNS.join(",")}, and perhaps ${EXTRA_OPTIONS.join(",")}`;
    throw new Error(`column "${stray}" is unknown; ${first}`);
  }
  if (!columns.includes("name")) throw new Error("there is no column called name");
  if (rows.length === 0) throw new Error("there are no submissions in it");
  const read = rows.map((row, at) => submission(columns as Column[], row, at + 2));
  if (read.some(({ file }) => file === INDEX))
    throw new Error(`no submission may be called ${INDEX}: that page is the overview`);
  const twice = read.find(({ file }, at) => read.findIndex((one) => one.file === file) !== at);
  if (twice) throw new Error(`two submissions would write ${twice.file}.html`);
  return read;
}

function submission(columns: readonly Column[], row: readonly string[], at: number): Submission {
  if (row.length > columns.length)
    throw new Error(`row ${at} has ${row.length} fields for ${columns.length} columns`);
  const values = columns.map((column, index) => [column, row[index]?.trim() ?? ""] as const);
  const given: Partial<Record<Column, string>> = Object.fromEntries(
    values.filter(([, value]) => value !== ""),
  );
  const { name, server, client, dialect } = given;
  if (name === undefined) throw new Error(`row ${at} has no name`);
  if (!server && !client) throw new Error(`row ${at} (${name}) has neither a server nor a client`);
  const commands = { ...(server && { server }), ...(client && { client }) };
  const extras = EXTRA_OPTIONS.flatMap((each) => (given[each] ? [[each, given[each]]] : []));
  return {
    name,
    file: fileName(name),
    ...commands,
    ...(dialect && { dialect }),
    ...(extras.length > 0 ? { extras: Object.fromEntries(extras) as Extras } : {}),
  };
}

/** Letters and digits of any script; what a path or a shell could take amiss becomes a hyphen. */
function fileName(name: string): string {
  const safe = name.normalize("NFC").replace(/[^\p{L}\p{N}_.-]+/gu, "-");
  return (
    safe
      .replace(/^[.-]+/, "")
      .slice(0, LONGEST)
      .toLowerCase() || "submission"
  );
}
