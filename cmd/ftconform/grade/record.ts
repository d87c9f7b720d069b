// The record of one judged submission: a file that is written as soon as there is a verdict. All reports are made from records alone.

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SuiteOptions } from "../../../conformance/index.ts";
import { formatError, localFailure, systemCode } from "../../../lib/errors.ts";
import { quote } from "../../../lib/text.ts";
import type { SuiteRun } from "../run/run.ts";
import type { Points } from "./points.ts";
import type { Submission } from "./submissions.ts";

/** Raised by a change that an older reader would misread. */
export const SCHEMA = 1;
const FOLDER = "records";

export interface SubmissionRecord {
  readonly schema: typeof SCHEMA;
  /** A hash of all that the verdict depends on; absent if it must be judged again in any case. */
  readonly key?: string;
  /** Its place in the class, from 1, and how many submissions the class has. */
  readonly place: number;
  readonly of: number;
  readonly submission: Pick<Submission, "name" | "file" | "line" | "others">;
  readonly points: Points;
  readonly options: SuiteOptions;
  /** ISO 8601, UTC. */
  readonly when: string;
  /** What the suite found out; absent if nothing could be started. */
  readonly run?: SuiteRun;
  /** Why nothing could be started. */
  readonly problem?: string;
  /** What the build printed. */
  readonly buildLog?: string;
  /** A signal ended it before there was a verdict. Such a record is never written. */
  readonly isUnfinished?: boolean;
}

const pathOf = (file: string, out: string): string => join(out, FOLDER, `${file}.json`);

export const writeRecord = (record: SubmissionRecord, out: string): void =>
  writeWhole(pathOf(record.submission.file, out), JSON.stringify(record));

export const removeRecord = (file: string, out: string): void =>
  rmSync(pathOf(file, out), { force: true });

/** The records of a directory of reports, by the names of their files. Throws an `Error` that names a file that is no record. */
export function readRecords(out: string): Map<string, SubmissionRecord> {
  const folder = join(out, FOLDER);
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return new Map(
    names.map((name) => [name.slice(0, -".json".length), readRecord(join(folder, name))]),
  );
}

function readRecord(path: string): SubmissionRecord {
  try {
    const record = JSON.parse(readFileSync(path, "utf8")) as SubmissionRecord;
    if (record.schema === SCHEMA) return record;
  } catch (error) {
    if (systemCode(error) !== "") throw error;
  }
  throw new Error(
    `${quote(path)} is not a record of this version: delete it, and test that one again`,
  );
}

/** Writes a file as a whole or not at all, in place of what has the name: a link that somebody put there would lead elsewhere. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    rmSync(temporary, { force: true });
    writeFileSync(temporary, text, { flag: "wx" });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw localFailure(`Cannot write ${quote(path)}`, error);
  }
}

/** Does something that writes a file. Returns a sentence if that fails: the other files are written all the same. */
export function tryToWrite(write: () => void): string[] {
  try {
    write();
    return [];
  } catch (error) {
    return [formatError(error)];
  }
}
