// What was said in one call, as the text of a dialect: with holes where it belongs to that call alone.

import { hostname, networkInterfaces } from "node:os";
import type { Recording, RecordedBytes } from "./proxy.ts";

/** How a length can stand in front of a text, the most telling first. */
const COUNTS = [
  { name: "u32le", width: 4, little: true },
  { name: "u32be", width: 4, little: false },
  { name: "u16be", width: 2, little: false },
  { name: "u16le", width: 2, little: true },
] as const;

type Count = (typeof COUNTS)[number];

const read = ({ width, little }: Count, bytes: Buffer, at: number): number =>
  little ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width);

function written({ width, little }: Count, value: number): string {
  const bytes = Buffer.alloc(width);
  if (little) bytes.writeUIntLE(value, 0, width);
  else bytes.writeUIntBE(value, 0, width);
  return bytes.toString("latin1");
}

const SHORTEST = 3; // bytes behind a length: less may be one by chance
const FILL = 8; // so many NULs at the end are no end of a string, but of a field

/** Text behind a length: its bytes, and where the whole begins and ends. */
export interface Counted {
  /** As a dialect has it: len-u16be, or len-u16be+2 where the length counts itself. */
  form: string;
  bytes: Buffer;
}

/** All of it as texts behind lengths, one after the other; what is left is NULs at most. */
export function counted(bytes: Buffer): { parts: Counted[]; rest: Buffer } | undefined {
  for (const count of COUNTS) {
    for (const own of [0, count.width]) {
      const found = series(bytes, count.width, (at) => read(count, bytes, at) - own);
      if (!found) continue;
      const form = own > 0 ? `len-${count.name}+${own}` : `len-${count.name}`;
      return { parts: found.parts.map((part) => ({ form, bytes: part })), rest: found.rest };
    }
  }
  return undefined;
}

function series(
  bytes: Buffer,
  width: number,
  length: (at: number) => number,
): { parts: Buffer[]; rest: Buffer } | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + width + SHORTEST <= bytes.length) {
    const size = length(at);
    if (size < SHORTEST || at + width + size > bytes.length) break;
    parts.push(bytes.subarray(at + width, at + width + size));
    at += width + size;
  }
  const rest = bytes.subarray(at);
  const plain = rest.length <= 1 && rest.every((byte) => byte === 0);
  return parts.length > 0 && plain ? { parts, rest } : undefined;
}

/** Whether one word is no more than the length of the next. */
export function announces(word: RecordedBytes, next: RecordedBytes | undefined): boolean {
  if (!next || word.by !== next.by || word.on !== next.on || word.bytes.length > 4) return false;
  return counted(Buffer.concat([word.bytes, next.bytes]))?.parts.length === 1;
}

/** A string of TOML with holes for what the two were told, lengths in front, and fields that are filled with NULs. */
export function insertPlaceholders(bytes: Buffer, recording: Recording, size?: number): string {
  return quote(text(bytes, recording, size));
}

function text(bytes: Buffer, recording: Recording, size?: number): string {
  const lengths = counted(bytes);
  if (!lengths) return padded(bytes, recording, size);
  const parts = lengths.parts.map(
    (part) => `{${part.form}:${padded(part.bytes, recording, size)}}`,
  );
  return `${parts.join("")}${lengths.rest.toString("latin1")}`;
}

/** A text in a field of a fixed width. */
export function padded(bytes: Buffer, recording: Recording, size?: number): string {
  const full = bytes.toString("latin1");
  const [, kept = full, fill = ""] = /^(.*?[^\0])(\0*)$/s.exec(full) ?? [];
  if (fill.length < FILL || kept.includes("\0".repeat(FILL)))
    return filled(full, recording.values, size);
  return `{pad${full.length}:${filled(kept, recording.values, size)}}`;
}

/** Addresses by which this machine calls itself. */
const here = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address);

function filled(said: string, values: Recording["values"], size?: number): string {
  const { dport, inner, sport, served, host, file } = values;
  let text = said.replace(/[{}]/g, (brace) => (brace === "{" ? "{(}" : "{)}"));
  for (const count of file === "" ? [] : COUNTS)
    text = text.replaceAll(`${written(count, file.length)}${file}`, `{len-${count.name}:{file}}`);
  const known: [string, string][] = [
    [file, "{file}"],
    [String(dport), "{dport}"],
    [String(inner), "{dport}"],
    [String(sport), "{sport}"],
    [String(served), "{sport}"],
    ...[host, ...here()].map((each): [string, string] => [each, "{host}"]),
  ];
  for (const [value, hole] of known) if (value !== "") text = text.replaceAll(value, hole);
  const name = RegExp.escape(hostname());
  if (name !== "")
    text = text.replace(new RegExp(String.raw`(?<![\w.-])${name}(?![\w.-])`), "{any}");
  // Of two bytes one may stand there by chance.
  for (const count of COUNTS.filter(({ width }) => width === 4))
    for (const port of [dport, inner])
      text = text.replaceAll(written(count, port), `{${count.name}:{dport}}`);
  if (size !== undefined) text = text.replace(new RegExp(`\\b${size}\\b`), "{size}");
  return text;
}

/** A basic string of TOML. */
export function quote(text: string): string {
  const named: Record<string, string> = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    '"': '\\"',
    "\\": "\\\\",
  };
  const escaped = text.replace(
    /[\x00-\x1f"\\\x7f]/g,
    (one) => named[one] ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped.replace(/[\x80-\xff]+/g, (run) => `{bytes:${Buffer.from(run, "latin1").toString("hex")}}`)}"`;
}
