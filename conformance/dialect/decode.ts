// A template read the other way: where it stands among the bytes that came, and what filled its holes.

import type { Fill } from "./encode.ts";
import { encode } from "./encode.ts";
import { type TemplatePart, parseTemplate } from "./template.ts";

export interface Found {
  at: number;
  end: number;
  /** What filled the holes; text is decoded as UTF-8, `data` stays in latin1, a byte a character. */
  values: Record<string, string>;
}

export type Reading = Omit<Found, "at">;
type Run = Exclude<TemplatePart, { kind: "length" }>[];

const DIGITS = new Set(["dport", "sport", "qport", "offset", "size"]);
const LOOSE: Record<string, string> = { data: "[\\s\\S]*", host: "\\S+", shost: "\\S+" };

/** Where the template first stands in the text, whose characters are bytes. */
export function find(template: string, text: string, values: Fill = {}): Found | undefined {
  const lead = leading(template);
  for (let at = text.indexOf(lead); at >= 0 && at <= text.length; at = text.indexOf(lead, at + 1)) {
    const found = read(template, text, values, at);
    if (found) return { at, ...found };
    if (at === text.length) break;
  }
  return undefined;
}

/** What it begins with in any case, so that megabytes are not tried byte by byte. */
function leading(template: string): string {
  const [first] = parseTemplate(template);
  return first?.kind === "text" ? (/^[^\n]*/.exec(first.bytes.toString("latin1"))?.[0] ?? "") : "";
}

/** The template, exactly at a place of the text. */
export function read(
  template: string,
  text: string,
  values: Fill = {},
  at = 0,
): Reading | undefined {
  return sequence(parseTemplate(template), text, values, at, false);
}

/** Whether more bytes could still lengthen what the template takes. */
export function openEnded(template: string, values: Fill = {}): boolean {
  const last = parseTemplate(template).at(-1);
  if (last?.kind === "hole") return values[last.name] === undefined;
  return last?.kind === "integer" && last.form.pattern.endsWith("+");
}

function sequence(
  list: readonly TemplatePart[],
  text: string,
  values: Fill,
  at: number,
  whole: boolean,
): Reading | undefined {
  let place = at;
  let taken: Record<string, string> = {};
  for (const { run, length } of cut(list)) {
    const last = length === undefined;
    const plain = matched(run, text, { ...values, ...taken }, place, whole && last);
    if (!plain) return undefined;
    const counted = last ? plain : measured(length, text, values, plain.end);
    if (!counted) return undefined;
    taken = { ...taken, ...plain.values, ...counted.values };
    place = counted.end;
  }
  return { end: place, values: taken };
}

// A regular expression does all but lengths: the list falls into runs, each but the last before a length.
function cut(
  list: readonly TemplatePart[],
): { run: Run; length?: TemplatePart & { kind: "length" } }[] {
  const pieces: { run: Run; length?: TemplatePart & { kind: "length" } }[] = [{ run: [] }];
  for (const part of list) {
    const piece = pieces.at(-1);
    if (part.kind !== "length") piece?.run.push(part);
    else if (piece) {
      piece.length = part;
      pieces.push({ run: [] });
    }
  }
  return pieces;
}

function measured(
  part: TemplatePart & { kind: "length" },
  text: string,
  values: Fill,
  at: number,
): Reading | undefined {
  const { form, extra, separator, inner } = part;
  const head = new RegExp(`(${form.pattern})${quoted(separator)}`, "y");
  head.lastIndex = at;
  const found = head.exec(text);
  if (!found) return undefined;
  const from = head.lastIndex;
  const end = from + form.decode(found[1] ?? "") - extra;
  if (end < from || end > text.length) return undefined;
  const within = sequence(inner, text.slice(from, end), values, 0, true);
  return within && { end, values: within.values };
}

interface Group {
  part: Exclude<TemplatePart, { kind: "text" | "length" }>;
}

function matched(
  run: Run,
  text: string,
  values: Fill,
  at: number,
  whole: boolean,
): Reading | undefined {
  const groups: Group[] = [];
  const source = run.map((part) => pattern(part, values, groups)).join("");
  const expression = new RegExp(`${source}${whole ? "$" : ""}`, "y");
  expression.lastIndex = at;
  const found = expression.exec(text);
  if (!found) return undefined;
  let taken: Record<string, string> = {};
  for (const [index, { part }] of groups.entries()) {
    const inside = opened(part, found[index + 1] ?? "", values);
    if (!inside) return undefined;
    taken = { ...taken, ...inside };
  }
  return { end: expression.lastIndex, values: taken };
}

function pattern(part: Run[number], values: Fill, groups: Group[]): string {
  if (part.kind === "text") return lenient(part.bytes.toString("latin1"));
  if (part.kind === "hole" && part.name !== "any" && values[part.name] !== undefined) {
    const { name, plus } = part;
    const value = encode(`{${name}${plus > 0 ? `+${plus}` : plus || ""}}`, values);
    return quoted(value.toString("latin1"));
  }
  groups.push({ part });
  if (part.kind === "integer") return `(${part.form.pattern})`;
  if (part.kind === "field") return `([\\s\\S]{${part.width}})`;
  return `(${DIGITS.has(part.name) ? "\\d+" : (LOOSE[part.name] ?? "[^\\n]+")})`;
}

function opened(
  part: Group["part"],
  text: string,
  values: Fill,
): Record<string, string> | undefined {
  if (part.kind === "hole") return { [part.name]: told(part, text) };
  const inner = part.kind === "integer" ? String(part.form.decode(text)) : unpadded(part, text);
  return sequence(part.inner, inner, values, 0, true)?.values;
}

function told({ name, plus }: TemplatePart & { kind: "hole" }, text: string): string {
  if (name === "data") return text;
  return plus === 0 ? Buffer.from(text, "latin1").toString() : String(Number(text) - plus);
}

function unpadded({ filler, side }: TemplatePart & { kind: "field" }, text: string): string {
  if (side === "nul") return text.slice(0, `${text}\0`.indexOf("\0"));
  const fill = String.fromCharCode(filler);
  let [from, to] = [0, text.length];
  if (side === "left") while (from < to && text[from] === fill) from++;
  else while (to > from && text[to - 1] === fill) to--;
  return text.slice(from, to);
}

// A CR before the LF is tolerated: the rule about line ends is judged by itself.
const lenient = (text: string): string => quoted(text).replaceAll("\n", "\\r?\\n");

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
