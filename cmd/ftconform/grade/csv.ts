// Comma-separated values as spreadsheets write and read them (RFC 4180, and what Excel makes of it).

import { decodeText } from "../../../lib/text.ts";

/** What may separate the fields of a line. */
export const SEPARATORS = [",", ";", "\t"] as const;

/** The text of a file that a spreadsheet wrote: UTF-8, or UTF-16 by its byte order mark, or else the old code page of Windows. */
export function decodeCsv(bytes: Uint8Array): string {
  const text = decodeText(bytes);
  const isBroken = text.includes("\uFFFD") && !Buffer.from(bytes).includes("\uFFFD");
  return isBroken ? new TextDecoder("windows-1252").decode(bytes) : text;
}

/** Rows of fields, without empty rows. If no separator is given, the first line tells it. Throws an `Error` with the line. */
export function parseCsv(text: string, separator?: string): string[][] {
  const [mark = "", named] = /^\uFEFF?(?:sep=(.)(?:\r\n|\r|\n|$))?/i.exec(text) ?? [];
  const source = text.slice(mark.length);
  const chosen = named ?? separator ?? separatorOf(/^[^\r\n]*/.exec(source)?.[0] ?? "");
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < source.length;) {
    const { value, next } = field(source, at, chosen);
    row.push(value);
    if (source[next] === chosen) {
      at = next + 1;
      if (at < source.length) continue;
      row.push("");
    } else at = next + Math.max(1, lineEnd(source, next));
    rows.push(row);
    row = [];
  }
  return rows.filter((fields) => fields.some((value) => value.trim() !== ""));
}

const separatorOf = (head: string): string =>
  SEPARATORS.find((separator) => head.includes(separator)) ?? ",";

/** The length of the line end that stands there: LF, CR LF, or CR alone as old programs write it; 0 if there is none. */
function lineEnd(source: string, at: number): number {
  if (source[at] === "\n") return 1;
  if (source[at] !== "\r") return 0;
  return source[at + 1] === "\n" ? 2 : 1;
}

/** A field, and where what ended it stands. */
function field(source: string, from: number, separator: string): { value: string; next: number } {
  const isOver = (at: number): boolean =>
    at >= source.length || source[at] === separator || lineEnd(source, at) > 0;
  if (source[from] !== '"') {
    let next = from;
    while (!isOver(next)) next++;
    return { value: source.slice(from, next), next };
  }
  const close = closing(source, from);
  if (!isOver(close + 1))
    throw new Error(`line ${lineOf(source, from)}: text behind a closing quote`);
  return { value: source.slice(from + 1, close).replaceAll('""', '"'), next: close + 1 };
}

function closing(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] !== '"') continue;
    if (source[at + 1] !== '"') return at;
    at++;
  }
  throw new Error(`line ${lineOf(source, from)}: a quote is never closed`);
}

const lineOf = (source: string, at: number): number =>
  source.slice(0, at).split(/\r\n|\r|\n/).length;

/** Rows as text. A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
export function formatCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
