// Infers the template of a message from recordings that differ in one thing: what changes with a value is its
// placeholder, and a guess counts only if it makes every recorded message again, byte by byte.

import { matchTemplate } from "../dialect/decode.ts";
import { encodeTemplate } from "../dialect/encode.ts";
import { findIntegerFormat } from "../dialect/integer.ts";
import { Template, type TemplateValues } from "../dialect/template.ts";
import { LENGTH_FORMS, listLengthForms, readSeries } from "./length-form.ts";

/** A message, and the values of its conversation. */
export interface MessageSample {
  bytes: Buffer;
  values: TemplateValues;
}

/** NULs at the end that make a field of fixed width: fewer may end a string. */
const PADDING = 8;
/** Fields that are narrower stand in no program that was seen. */
const NARROWEST = 8;
/** The first character that stands in a text. */
const FIRST_OF_TEXT = 9;

/** The bytes as they stand in a template. */
export function quoteTemplate(bytes: Buffer | string): string {
  const text = typeof bytes === "string" ? bytes : bytes.toString("latin1");
  return text
    .replace(/[{}]/g, (brace) => (brace === "{" ? "{(}" : "{)}"))
    .replace(/[\x80-\xff]+/g, (run) => `{bytes:${Buffer.from(run, "latin1").toString("hex")}}`);
}

/** The template of these messages. What differs and is no known value becomes `{any}`; nothing if that is not enough. */
export function inferTemplate(samples: readonly MessageSample[]): string | undefined {
  for (const template of listCandidates(samples)) if (fitsAll(template, samples)) return template;
  return undefined;
}

/** Whether the template makes each message again, or with `{any}` reads the whole of it. */
function fitsAll(source: string, samples: readonly MessageSample[]): boolean {
  const template = new Template(source);
  const isOpen = template.placeholders.includes("any") || source.includes("{cstr");
  return samples.every(({ bytes, values }) => {
    try {
      if (!isOpen) return encodeTemplate(template, values).equals(bytes);
      const text = bytes.toString("latin1");
      return matchTemplate(template, text, values)?.end === text.length;
    } catch {
      return false; // a value is missing
    }
  });
}

function* listCandidates(samples: readonly MessageSample[]): Generator<string> {
  const [first] = samples;
  if (!first) return;
  // Bytes that no text has say that it is none.
  const isBinary = samples.every(({ bytes }) => bytes.some((byte) => byte < FIRST_OF_TEXT));
  if (isBinary) yield* listPadded(samples);
  if (isBinary) yield* listPrefixed(samples);
  yield* listTexts(first);
  yield* listPrefixed(samples);
  yield* listFields(samples);
  yield* listOpenTexts(samples);
}

/** Fixed text with the known values in it: all of them first, then without those that may be there by chance. */
function* listTexts(sample: MessageSample): Generator<string> {
  const hidden = [[], ["size"], ["file"], ["sport"], ["size", "file"]];
  for (const names of hidden) {
    const values = omit(sample.values, names);
    yield insertPlaceholders(sample.bytes, values, "text");
    yield insertPlaceholders(sample.bytes, values, "wide");
    yield insertPlaceholders(sample.bytes, values, "narrow");
  }
}

const omit = (values: TemplateValues, names: readonly string[]): TemplateValues =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

type Forms = "text" | "wide" | "narrow";

/** The names of values, those that say most first: a port is told by five digits, and a size by two. */
const ORDER = ["file", "dport", "sport", "host", "user", "password", "size"];
const NUMBERS = new Set(["dport", "sport", "size"]);

function insertPlaceholders(bytes: Buffer, values: TemplateValues, forms: Forms): string {
  let parts: (string | Buffer)[] = [bytes];
  const replace = (old: Buffer, placeholder: string): void => {
    parts = parts.flatMap((part) =>
      typeof part === "string" || old.length === 0 ? [part] : splitAt(part, old, placeholder),
    );
  };
  for (const name of ORDER) {
    const value = values[name];
    if (value === undefined) continue;
    const text = Buffer.from(typeof value === "number" ? String(value) : value);
    if (name === "file" && forms !== "text") replaceLengths(text, replace);
    replace(text, `{${name}}`);
    if (NUMBERS.has(name))
      for (const form of integerForms(forms)) replaceInteger(form, Number(value), name, replace);
    if (name === "dport") replace(Buffer.from(String(Number(value) + 1)), "{dport+1}");
  }
  return parts.map((part) => (typeof part === "string" ? part : quoteTemplate(part))).join("");
}

const integerForms = (forms: Forms): readonly string[] =>
  forms === "text"
    ? []
    : forms === "wide"
      ? ["i64be", "i64le", "i32le", "i32be"]
      : ["u16be", "u16le"];

type Replace = (old: Buffer, placeholder: string) => void;

function replaceInteger(form: string, value: number, name: string, replace: Replace): void {
  const encoded = findIntegerFormat(form)?.encode(value);
  if (encoded) replace(encoded, `{${form}:{${name}}}`);
}

function replaceLengths(text: Buffer, replace: Replace): void {
  for (const form of LENGTH_FORMS) {
    const length = findIntegerFormat(form)?.encode(text.length);
    if (length) replace(Buffer.concat([length, text]), `{len-${form}:{file}}`);
  }
}

function splitAt(part: Buffer, old: Buffer, placeholder: string): (string | Buffer)[] {
  const pieces: (string | Buffer)[] = [];
  let from = 0;
  for (let at = part.indexOf(old); at >= 0; at = part.indexOf(old, from)) {
    pieces.push(part.subarray(from, at), placeholder);
    from = at + old.length;
  }
  return [...pieces, part.subarray(from)];
}

/** Texts behind lengths: each part has a template of its own. */
function* listPrefixed(samples: readonly MessageSample[]): Generator<string> {
  for (const form of listLengthForms()) {
    const series = samples.map(({ bytes }) => readSeries(bytes, form));
    const [first] = series;
    if (!first || first.parts.length === 0) continue;
    const isAlike = series.every(
      (each) => each && each.parts.length === first.parts.length && each.rest.equals(first.rest),
    );
    if (!isAlike) continue;
    const parts = first.parts.map((_, at) =>
      inferTemplate(
        samples.map(({ values }, which) => ({
          bytes: series[which]?.parts[at] ?? Buffer.alloc(0),
          values,
        })),
      ),
    );
    if (parts.some((part) => part === undefined)) continue;
    const texts = parts.map((part) => `{${form.name}:${part}}`).join("");
    yield texts + quoteTemplate(first.rest);
  }
}

type Cut = (end: (bytes: Buffer) => number) => MessageSample[];

/** The width that all messages have, and how they are cut; nothing if their lengths differ. */
function findWidth(samples: readonly MessageSample[]): { width: number; cut: Cut } | undefined {
  const width = samples[0]?.bytes.length ?? 0;
  if (width < NARROWEST || samples.some(({ bytes }) => bytes.length !== width)) return undefined;
  const cut: Cut = (end) =>
    samples.map(({ bytes, values }) => ({ bytes: bytes.subarray(0, end(bytes)), values }));
  return { width, cut };
}

/** Messages of one length that hold a text and are filled with NULs. */
function* listPadded(samples: readonly MessageSample[]): Generator<string> {
  const { width, cut } = findWidth(samples) ?? {};
  if (!cut) return;
  const isPadded = samples.every(({ bytes }) => bytes.length - lastNotNul(bytes) >= PADDING);
  const padded = isPadded ? inferTemplate(cut((bytes) => lastNotNul(bytes))) : undefined;
  if (padded !== undefined && !padded.includes("\0")) yield `{pad${width}:${padded}}`;
}

/** Fields with another filler, and C strings: behind the NUL of one may be stale memory. */
function* listFields(samples: readonly MessageSample[]): Generator<string> {
  const { width, cut } = findWidth(samples) ?? {};
  if (!cut) return;
  const isString = samples.every(({ bytes }) => bytes.includes(0));
  const text = isString ? inferTemplate(cut((bytes) => bytes.indexOf(0))) : undefined;
  if (text !== undefined) yield `{cstr${width}:${text}}`;
  for (const filler of [" ", "#", "*", "0"]) {
    const code = filler.charCodeAt(0);
    if (samples.some(({ bytes }) => lastOther(bytes, code) === width)) continue;
    const trimmed = inferTemplate(cut((bytes) => lastOther(bytes, code)));
    if (trimmed !== undefined) yield `{pad${width}${filler}:${trimmed}}`;
  }
}

const lastNotNul = (bytes: Buffer): number => lastOther(bytes, 0);

function lastOther(bytes: Buffer, filler: number): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === filler) end--;
  return end;
}

/** Words that differ without a known reason, such as a time, are `{any}`: the words around them stay. */
function* listOpenTexts(samples: readonly MessageSample[]): Generator<string> {
  if (samples.length < 2) return;
  const tokens = samples.map((sample) => splitWords(sample));
  const [first = []] = tokens;
  if (tokens.some((each) => each.length !== first.length)) return;
  const merged = first.map((token, at) =>
    tokens.every((each) => each[at] === token) ? token : "{any}",
  );
  // A message in which nothing is fixed says nothing.
  if (merged.some((token) => token !== "{any}" && token.trim() !== "")) yield merged.join("");
}

const splitWords = ({ bytes, values }: MessageSample): string[] =>
  insertPlaceholders(bytes, values, "text").split(/(\s+)/);
