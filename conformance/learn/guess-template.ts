// Guesses the template of a recorded message: what belongs to this conversation alone becomes a placeholder.

import { hostname, networkInterfaces } from "node:os";
import type { RecordedMessage, RecordedValues, Recording } from "./proxy.ts";

/** The forms of a length in front of a text; the most likely form is first. */
const LENGTHS = [
  { name: "u32le", width: 4, isLittle: true },
  { name: "u32be", width: 4, isLittle: false },
  { name: "u16be", width: 2, isLittle: false },
  { name: "u16le", width: 2, isLittle: true },
] as const;

type LengthForm = (typeof LENGTHS)[number];

const readLength = ({ width, isLittle }: LengthForm, bytes: Buffer, at: number): number =>
  isLittle ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width);

function encodeLength({ width, isLittle }: LengthForm, value: number): string {
  const bytes = Buffer.alloc(width);
  if (isLittle) bytes.writeUIntLE(value, 0, width);
  else bytes.writeUIntBE(value, 0, width);
  return bytes.toString("latin1");
}

/** Guesses the integer format of the bytes, if they hold this size and nothing else. */
export function guessLengthForm(head: Buffer, size: number): string | undefined {
  if (head.toString("latin1") === String(size)) return "dec";
  const forms = LENGTHS.filter(({ width }) => width === head.length);
  return forms.find((form) => readLength(form, head, 0) === size)?.name;
}

/** Bytes behind a length, at least: fewer may follow a length by chance. */
const SHORTEST = 3;
/** NULs at the end that make a field of fixed width: fewer may end a string. */
const PADDING = 8;

/** A text behind its length. */
export interface LengthPrefixed {
  /** The encoder of the dialect: `len-u16be`, or `len-u16be+2` if the length counts itself. */
  form: string;
  bytes: Buffer;
}

/** Reads all bytes as texts behind lengths; a NUL may be left over. */
export function parseLengthPrefixed(
  bytes: Buffer,
): { parts: LengthPrefixed[]; rest: Buffer } | undefined {
  for (const length of LENGTHS) {
    for (const own of [0, length.width]) {
      const found = readSeries(bytes, length, own);
      if (!found) continue;
      const form = own > 0 ? `len-${length.name}+${own}` : `len-${length.name}`;
      return { parts: found.parts.map((part) => ({ form, bytes: part })), rest: found.rest };
    }
  }
  return undefined;
}

function readSeries(
  bytes: Buffer,
  length: LengthForm,
  own: number,
): { parts: Buffer[]; rest: Buffer } | undefined {
  const { width } = length;
  const parts: Buffer[] = [];
  let at = 0;
  while (at + width + SHORTEST <= bytes.length) {
    const size = readLength(length, bytes, at) - own;
    if (size < SHORTEST || at + width + size > bytes.length) break;
    parts.push(bytes.subarray(at + width, at + width + size));
    at += width + size;
  }
  const rest = bytes.subarray(at);
  const isRead = rest.length <= 1 && rest.every((byte) => byte === 0);
  return parts.length > 0 && isRead ? { parts, rest } : undefined;
}

/** Whether a message is only the length of the next message. */
export function isLengthOf(message: RecordedMessage, next: RecordedMessage | undefined): boolean {
  if (!next || message.by !== next.by || message.on !== next.on) return false;
  if (message.bytes.length > 4) return false;
  return parseLengthPrefixed(Buffer.concat([message.bytes, next.bytes]))?.parts.length === 1;
}

/** The template of a message, with its lengths, its fields of fixed width, and its placeholders. */
export function guessTemplate(bytes: Buffer, { values }: Recording, size?: number): string {
  const prefixed = parseLengthPrefixed(bytes);
  if (!prefixed) return guessField(bytes, values, size);
  const parts = prefixed.parts.map((part) => formatPart(part, values, size));
  return `${parts.join("")}${prefixed.rest.toString("latin1")}`;
}

export const formatPart = (
  { form, bytes }: LengthPrefixed,
  values: RecordedValues,
  size?: number,
): string => `{${form}:${guessField(bytes, values, size)}}`;

/** The template of a text that may be a field of fixed width. */
export function guessField(bytes: Buffer, values: RecordedValues, size?: number): string {
  const text = bytes.toString("latin1");
  const [, content = text, padding = ""] = /^(.*?[^\0])(\0*)$/s.exec(text) ?? [];
  if (padding.length < PADDING || content.includes("\0".repeat(PADDING)))
    return insertPlaceholders(text, values, size);
  return `{pad${text.length}:${insertPlaceholders(content, values, size)}}`;
}

function insertPlaceholders(original: string, values: RecordedValues, size?: number): string {
  const { dport, proxyDport, file } = values;
  let text = original.replace(/[{}]/g, (brace) => (brace === "{" ? "{(}" : "{)}"));
  for (const form of file === "" ? [] : LENGTHS)
    text = text.replaceAll(
      `${encodeLength(form, file.length)}${file}`,
      `{len-${form.name}:{file}}`,
    );
  for (const [value, placeholder] of listKnownTexts(values))
    if (value !== "") text = text.replaceAll(value, placeholder);
  text = replaceHostname(text);
  // A port in two bytes may be there by chance, so only four bytes count.
  for (const form of LENGTHS.filter(({ width }) => width === 4))
    for (const port of [dport, proxyDport])
      text = text.replaceAll(encodeLength(form, port), `{${form.name}:{dport}}`);
  return size === undefined ? text : text.replace(new RegExp(`\\b${size}\\b`), "{size}");
}

function listKnownTexts(values: RecordedValues): [text: string, placeholder: string][] {
  const { dport, proxyDport, sport, serverPort, host, file } = values;
  return [
    [file, "{file}"],
    [String(dport), "{dport}"],
    [String(proxyDport), "{dport}"],
    [String(sport), "{sport}"],
    [String(serverPort), "{sport}"],
    ...[host, ...listOwnAddresses()].map((each): [string, string] => [each, "{host}"]),
  ];
}

const listOwnAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address);

function replaceHostname(text: string): string {
  const name = RegExp.escape(hostname());
  return name === ""
    ? text
    : text.replace(new RegExp(String.raw`(?<![\w.-])${name}(?![\w.-])`), "{any}");
}
