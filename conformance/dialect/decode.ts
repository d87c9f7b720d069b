// Decodes a template: finds it among the bytes that arrived, and the values of its placeholders.

import { encodePart } from "./encode.ts";
import type { Template, TemplatePart, TemplateValues } from "./template.ts";
import type { ReplyStep } from "./types.ts";

/** A piece of a text that was recognised, and the values that it brought. */
export interface Match {
  start: number;
  end: number;
  /** Text is decoded as UTF-8; `data` keeps a character for each byte. */
  values: Record<string, string>;
}

/** The placeholders that take digits only. */
const NUMBERS = new Set(["dport", "sport", "qport", "offset", "size"]);
const PATTERNS: Record<string, string> = { data: "[\\s\\S]*", host: "\\S+", shost: "\\S+" };
const ANY_TEXT = "[^\\n]+";

/** Finds the first place of the text, whose characters are bytes, at which the template matches. */
export function findTemplate(
  template: Template,
  text: string,
  values: TemplateValues = {},
): Match | undefined {
  const lead = fixedBeginning(template);
  for (let at = text.indexOf(lead); at >= 0 && at <= text.length; at = text.indexOf(lead, at + 1)) {
    const match = matchTemplate(template, text, values, at);
    if (match || at === text.length) return match;
  }
  return undefined;
}

/** Fixed text at the beginning: it is quick to find, so megabytes are not tried byte by byte. */
function fixedBeginning({ parts: [first] }: Template): string {
  return first?.kind === "text" ? (/^[^\n]*/.exec(first.bytes.toString("latin1"))?.[0] ?? "") : "";
}

/** Matches the template at exactly one place of the text. */
export function matchTemplate(
  template: Template,
  text: string,
  values: TemplateValues = {},
  start = 0,
): Match | undefined {
  return matchParts(template.parts, { text, values, start, toEnd: false });
}

/** Whether more bytes could lengthen the match, so that it is worth a moment of waiting. */
export function isOpenEnded({ parts }: Template, values: TemplateValues = {}): boolean {
  const last = parts.at(-1);
  if (last?.kind === "placeholder") return values[last.name] === undefined;
  return last?.kind === "integer" && last.format.isOpenEnded;
}

interface Input {
  text: string;
  values: TemplateValues;
  start: number;
  /** Whether the parts must match all of the text that is left. */
  toEnd: boolean;
}

function matchParts(parts: readonly TemplatePart[], input: Input): Match | undefined {
  let end = input.start;
  let values: Match["values"] = {};
  for (const { run, length } of splitAtLengths(parts)) {
    const toEnd = input.toEnd && length === undefined;
    const known = { ...input.values, ...values };
    const match = matchRun(run, { ...input, values: known, start: end, toEnd });
    const counted = match && length ? matchLength(length, { ...input, start: match.end }) : match;
    if (!match || !counted) return undefined;
    values = { ...values, ...match.values, ...counted.values };
    end = counted.end;
  }
  return { start: input.start, end, values };
}

type LengthPart = TemplatePart & { kind: "length" };
type FlatPart = Exclude<TemplatePart, LengthPart>;
type CapturedPart = Exclude<FlatPart, { kind: "text" }>;

// A regular expression matches everything but lengths, so the parts are split at each length.
function splitAtLengths(
  parts: readonly TemplatePart[],
): { run: FlatPart[]; length?: LengthPart }[] {
  const lengthAt = parts.findIndex(({ kind }) => kind === "length");
  const length = parts[lengthAt];
  if (length?.kind !== "length") return [{ run: parts as FlatPart[] }];
  const run = parts.slice(0, lengthAt) as FlatPart[];
  return [{ run, length }, ...splitAtLengths(parts.slice(lengthAt + 1))];
}

function matchLength(
  { format, extra, suffix, inner }: LengthPart,
  { text, values, start }: Input,
): Match | undefined {
  const head = new RegExp(`(${format.pattern})${RegExp.escape(suffix)}`, "y");
  head.lastIndex = start;
  const number = head.exec(text)?.[1];
  if (number === undefined) return undefined;
  const from = head.lastIndex;
  const end = from + format.decode(number) - extra;
  if (end < from || end > text.length) return undefined;
  const match = matchParts(inner, { text: text.slice(from, end), values, start: 0, toEnd: true });
  return match && { start, end, values: match.values };
}

function matchRun(run: readonly FlatPart[], input: Input): Match | undefined {
  const { text, values, start, toEnd } = input;
  const captured: CapturedPart[] = [];
  const source = run.map((part) => buildPattern(part, values, captured)).join("");
  const expression = new RegExp(`${source}${toEnd ? "$" : ""}`, "y");
  expression.lastIndex = start;
  const groups = expression.exec(text);
  if (!groups) return undefined;
  let taken: Match["values"] = {};
  for (const [at, part] of captured.entries()) {
    const inner = decodeGroup(part, groups[at + 1] ?? "", values);
    if (!inner) return undefined;
    taken = { ...taken, ...inner };
  }
  return { start, end: expression.lastIndex, values: taken };
}

/** The source of a regular expression for the part; one that has to be decoded is captured. */
function buildPattern(part: FlatPart, values: TemplateValues, captured: CapturedPart[]): string {
  if (part.kind === "text") return escapeText(part.bytes.toString("latin1"));
  const isKnown =
    part.kind === "placeholder" && part.name !== "any" && Object.hasOwn(values, part.name);
  if (isKnown) return RegExp.escape(encodePart(part, values).toString("latin1"));
  captured.push(part);
  if (part.kind === "integer") return `(${part.format.pattern})`;
  if (part.kind === "field") return `([\\s\\S]{${part.width}})`;
  return `(${NUMBERS.has(part.name) ? "\\d+" : (PATTERNS[part.name] ?? ANY_TEXT)})`;
}

// A CR before the LF is accepted here: another rule judges line ends.
const escapeText = (text: string): string => text.split("\n").map(RegExp.escape).join("\\r?\\n");

function decodeGroup(
  part: CapturedPart,
  text: string,
  values: TemplateValues,
): Match["values"] | undefined {
  if (part.kind === "placeholder") return { [part.name]: decodeValue(part, text) };
  const inner = part.kind === "integer" ? String(part.format.decode(text)) : unpad(part, text);
  return matchParts(part.inner, { text: inner, values, start: 0, toEnd: true })?.values;
}

function decodeValue({ name, plus }: TemplatePart & { kind: "placeholder" }, text: string): string {
  if (name === "data") return text;
  return plus === 0 ? Buffer.from(text, "latin1").toString() : String(Number(text) - plus);
}

function unpad({ filler, align }: TemplatePart & { kind: "field" }, text: string): string {
  if (align === "c-string") return text.slice(0, `${text}\0`.indexOf("\0"));
  const fill = String.fromCharCode(filler);
  let [from, to] = [0, text.length];
  if (align === "right") while (from < to && text[from] === fill) from++;
  else while (to > from && text[to - 1] === fill) to--;
  return text.slice(from, to);
}

/** Finds in a text what the server says in a step. */
export const findReply = (
  { say, expect }: Pick<ReplyStep, "say" | "expect">,
  text: string,
  values: TemplateValues,
): Match | undefined => (expect ? findPattern(expect, text) : findTemplate(say, text, values));

/** Finds a regular expression; its named groups become values. */
export function findPattern(pattern: RegExp, text: string): Match | undefined {
  const found = pattern.exec(text);
  if (!found) return undefined;
  const groups = Object.entries(found.groups ?? {}).map(([name, value]) => [name, value ?? ""]);
  const values = Object.fromEntries(groups) as Match["values"];
  return { start: found.index, end: found.index + found[0].length, values };
}

/** Whether more bytes could lengthen the reply. */
export const isReplyOpenEnded = ({ say, expect }: ReplyStep, values: TemplateValues): boolean =>
  expect ? /[+*]\)?$/.test(expect.source) : isOpenEnded(say, values);
