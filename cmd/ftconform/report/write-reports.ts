// Where the reports of a run go: their paths are checked before the run, which may take minutes.

import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { formatError, localFailure, systemCode } from "../../../lib/errors.ts";
import { quote } from "../../../lib/text.ts";
import { type Arguments, usageFailure } from "../../cli/arguments.ts";
import { formatJson } from "./json.ts";
import { formatJunit } from "./junit.ts";
import { formatPage } from "../html/page.ts";
import type { Report } from "../model/report.ts";

const WRITERS = { junit: formatJunit, json: formatJson, html: formatPage } as const;
type Format = keyof typeof WRITERS;

/** The path that means standard output. */
const STANDARD_OUTPUT = "-";

export interface Destinations {
  readonly files: ReadonlyMap<Format, string>;
  /** The report that goes to standard output, in place of the tree. */
  readonly onOutput?: Format;
}

/** Where each report goes. Throws a `Failure` of kind `usage` if one cannot be written. */
export function readDestinations(given: Arguments): Destinations {
  const formats = Object.keys(WRITERS) as Format[];
  const files = new Map<Format, string>();
  let onOutput: Format | undefined;
  for (const format of formats) {
    const path = given.text(format);
    if (path === undefined) continue;
    if (path !== STANDARD_OUTPUT) checkPath(format, path, files);
    else if (onOutput)
      throw usageFailure(`--${onOutput} and --${format} cannot both go to standard output.`);
    if (path === STANDARD_OUTPUT) onOutput = format;
    else files.set(format, path);
  }
  return { files, ...(onOutput && { onOutput }) };
}

function checkPath(format: Format, path: string, others: ReadonlyMap<Format, string>): void {
  const twin = [...others].find(([, other]) => resolve(other) === resolve(path))?.[0];
  if (twin) throw usageFailure(`--${twin} and --${format} are the same file: ${quote(path)}.`);
  const known = statSync(path, { throwIfNoEntry: false });
  if (known?.isDirectory())
    throw usageFailure(`--${format} takes a file, and ${quote(path)} is a directory.`);
  try {
    accessSync(known ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw usageFailure(`--${format} ${quote(path)} cannot be written (${systemCode(error)}).`);
  }
}

/** Writes the files. Returns a sentence for each that could not be written: the others are written all the same. */
export function writeReports(report: Report, { files }: Destinations): string[] {
  return [...files].flatMap(([format, path]) => {
    try {
      writeFileSync(path, WRITERS[format](report));
      return [];
    } catch (error) {
      return [formatError(localFailure(`Cannot write --${format} ${quote(path)}`, error))];
    }
  });
}

/** The report for standard output; undefined if the tree goes there. */
export const formatForOutput = (report: Report, { onOutput }: Destinations): string | undefined =>
  onOutput && WRITERS[onOutput](report);
