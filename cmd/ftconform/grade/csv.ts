// Comma-separated values as spreadsheets write and read them (RFC 4180, and what Excel makes of it).

/** Rows of fields. Semicolons or tabs separate where the first line has them and no comma. Throws an `Error` with the line. */
export function parseCsv(text: string): string[][] {
  const source = text.replace(/^\uFEFF/, "");
  const separator = separatorOf(source.split("\n", 1)[0] ?? "");
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < source.length;) {
    const { value, next } = field(source, at, separator);
    row.push(value);
    at = next + 1;
    if (source[next] === separator && at < source.length) continue;
    if (source[next] === separator) row.push("");
    rows.push(row);
    row = [];
  }
  return rows.filter((fields) => fields.some((value) => value.trim() !== ""));
}

function separatorOf(head: string): string {
  if (head.includes(",")) return ",";
  return head.includes(";") ? ";" : head.includes("\t") ? "\t" : ",";
}

/** A field, and where what ended it stands. */
function field(source: string, from: number, separator: string): { value: string; next: number } {
  if (source[from] !== '"') {
    let next = from;
    while (next < source.length && source[next] !== separator && source[next] !== "\n") next++;
    return { value: source.slice(from, next).replace(/\r$/, ""), next };
  }
  const close = closing(source, from);
  let next = close + 1;
  if (source[next] === "\r") next++;
  if (next < source.length && source[next] !== separator && source[next] !== "\n")
    throw new Error(`line ${lineOf(source, from)}: text behind a closing quote`);
  return { value: source.slice(from + 1, close).replaceAll('""', '"'), next };
}

function closing(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] !== '"') continue;
    if (source[at + 1] !== '"') return at;
    at++;
  }
  throw new Error(`line ${lineOf(source, from)}: a quote is never closed`);
}

const lineOf = (source: string, at: number): number => source.slice(0, at).split("\n").length;

/** Rows as text. A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
export function formatCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
