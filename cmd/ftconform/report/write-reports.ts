// The files of a report: their paths are checked before the run, which may take minutes.

import { quote } from "../../../lib/text.ts";
import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { localFailure, systemCode } from "../../../lib/errors.ts";
import { type Arguments, usageFailure } from "../../cli/arguments.ts";
import { formatJson } from "./json.ts";
import { formatJunit } from "./junit.ts";
import { formatPage } from "../html/page.ts";
import type { Report } from "../model/report.ts";

const WRITERS = { junit: formatJunit, json: formatJson, html: formatPage } as const;
type Format = keyof typeof WRITERS;
export type Destinations = ReadonlyMap<Format, string>;

/** Where each report goes. Throws a `Failure` of kind `usage` if one cannot be written. */
export function readDestinations(given: Arguments): Destinations {
  const formats = Object.keys(WRITERS) as Format[];
  const found = formats.flatMap((format) => {
    const path = given.text(format);
    return path === undefined ? [] : [[format, path] as const];
  });
  for (const [format, path] of found) checkPath(format, path);
  return new Map(found);
}

function checkPath(format: Format, path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    const code = systemCode(error);
    const why = code === "ENOENT" ? "there is no such directory: make it first" : code;
    throw usageFailure(`--${format} ${quote(path)} cannot be written: ${why}.`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw usageFailure(`--${format} takes a file, and ${quote(path)} is a directory.`);
}

/** Throws a `Failure` of kind `local`, for example if the disk is full. */
export function writeReports(report: Report, files: Destinations): void {
  for (const [format, path] of files) {
    try {
      writeFileSync(path, WRITERS[format](report));
    } catch (error) {
      throw localFailure(`Cannot write --${format} ${quote(path)}`, error);
    }
  }
}
