// Comma-separated values as spreadsheets write and read them (RFC 4180, and what Excel makes of it).

import { decodeText } from "../../../lib/text.ts";

/** What may separate the fields of a line. */
export const SEPARATORS = [",", ";", "\t"] as const;

/** A row of a table. */
export interface Row {
  /** The line of the file on which it begins; the first one is 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** What is wrong with it. Then its fields are the text of that line alone. */
  readonly problem?: string;
}

/** The text of a file that a spreadsheet wrote: UTF-8, UTF-16 with or without its byte order mark, or the old code page of Windows. */
export function decodeCsv(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first !== undefined && second === 0) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0) return new TextDecoder("utf-16be").decode(bytes);
  const text = decodeText(bytes);
  const isBroken = text.includes("\uFFFD") && !Buffer.from(bytes).includes("\uFFFD");
  return isBroken ? new TextDecoder("windows-1252").decode(bytes) : text;
}

/** What a spreadsheet may write before the table: a byte order mark, and the separator. */
const PREAMBLE = /^\uFEFF?(?:"?sep=(.)"?(?:\r\n|\r|\n|$))?/i;

/** The rows that are not empty. If no separator is given, the first line tells it. A wrong quote spoils its own row. */
export function readRows(text: string, separator?: string): Row[] {
  const [mark = "", named] = PREAMBLE.exec(text) ?? [];
  const chosen =
    named ?? separator ?? separatorOf(/^[^\r\n]*/.exec(text.slice(mark.length))?.[0] ?? "");
  const rows: Row[] = [];
  let line = 1 + countLineEnds(mark);
  for (let at = mark.length; at < text.length;) {
    const { row, next } = readRow(text, at, chosen);
    if (row.fields.some((value) => value.trim() !== "")) rows.push({ line, ...row });
    line += countLineEnds(text.slice(at, next));
    at = next;
  }
  return rows;
}

/** The same without lines and problems. */
export const parseCsv = (text: string): string[][] =>
  readRows(text).map(({ fields }) => [...fields]);

const separatorOf = (head: string): string =>
  SEPARATORS.find((separator) => head.includes(separator)) ?? ",";

const countLineEnds = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;

/** The length of the line end that stands there: LF, CR LF, or CR alone as old programs write it; 0 if there is none. */
function lineEnd(source: string, at: number): number {
  if (source[at] === "\n") return 1;
  if (source[at] !== "\r") return 0;
  return source[at + 1] === "\n" ? 2 : 1;
}

/** A row, and where the next one begins. */
function readRow(
  source: string,
  from: number,
  separator: string,
): { row: Omit<Row, "line">; next: number } {
  const fields: string[] = [];
  for (let at = from; ; at++) {
    const { value, next, problem } = readField(source, at, separator);
    if (problem !== undefined) {
      // The line alone is spoiled: the other quote may be one of a later row.
      const end = /[\r\n]|$/.exec(source.slice(from))?.index ?? 0;
      const text = source.slice(from, from + end);
      const row = { fields: text.replaceAll('"', "").split(separator), problem };
      return { row, next: from + end + lineEnd(source, from + end) };
    }
    fields.push(value);
    if (source[next] !== separator) return { row: { fields }, next: next + lineEnd(source, next) };
    at = next;
  }
}

/** A field, and where what ended it stands. */
function readField(
  source: string,
  from: number,
  separator: string,
): { value: string; next: number; problem?: string } {
  const isOver = (at: number): boolean =>
    at >= source.length || source[at] === separator || lineEnd(source, at) > 0;
  let next = from;
  if (source[from] !== '"') {
    while (!isOver(next)) next++;
    return { value: source.slice(from, next), next };
  }
  const close = findClosingQuote(source, from);
  if (close === undefined) return { value: "", next, problem: "a quote is never closed" };
  if (!isOver(close + 1)) return { value: "", next, problem: "text behind a closing quote" };
  return { value: source.slice(from + 1, close).replaceAll('""', '"'), next: close + 1 };
}

function findClosingQuote(source: string, from: number): number | undefined {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] !== '"') continue;
    if (source[at + 1] !== '"') return at;
    at++;
  }
  return undefined;
}

/** What a spreadsheet takes for the beginning of a formula, in its wide forms too. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Rows as text. A cell that a spreadsheet would take for a formula gets an apostrophe in front; Excel needs the mark for letters beyond ASCII. */
export function formatCsv(rows: readonly (readonly (string | number)[])[]): string {
  const text = rows.map((row) => `${row.map(formatCell).join(",")}\r\n`).join("");
  return /[^\u0000-\u007F]/.test(text) ? `\uFEFF${text}` : text;
}

function formatCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
