// How what was asked for seems to travel: a guess from a file, or from names, that are known.

import { counted, padded, quote } from "./guess-template.ts";
import type { Recording } from "./proxy.ts";

export interface Frame {
  /** The keys of `data`, as a dialect has them. */
  keys: string;
  /** What is to be said about the guess. */
  notes: string[];
  /** What the server says on Q before it and behind it. */
  before?: string;
  after?: string;
}

/** What came, and what the client answered to it on the same connection. */
export interface Came {
  bytes: Buffer;
  /** As they came. */
  pieces: readonly Buffer[];
  answers: readonly Buffer[];
  recording: Recording;
}

const CLOSE: Frame = { keys: 'frame = "close"', notes: [] };
const NARROWEST = 8; // a field that is filled with NULs

/** The frame around a file. */
export function fileFrame(came: Came, content: Buffer): Frame {
  const { bytes } = came;
  if (bytes.equals(content)) return CLOSE;
  const answered = acknowledged(came, content);
  if (answered) return answered;
  const at = bytes.indexOf(content);
  if (at < 0)
    return unexplained("The file did not come as it is: is it cut into pieces, or changed?");
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at + content.length)];
  return parted(came, content) ?? around(head, tail, content);
}

function around(head: Buffer, tail: Buffer, content: Buffer): Frame {
  const empty = tail.every((byte) => byte === 0);
  const prefix = empty ? width(head, content.length) : undefined;
  if (prefix) {
    const after = tail.length > 0 ? { after: quote(tail.toString("latin1")) } : {};
    return { keys: `frame = "length", prefix = "${prefix}"`, notes: [], ...after };
  }
  const before = head.length > 0 ? { before: quote(head.toString("latin1")) } : {};
  if (tail.length === 0) return { ...CLOSE, ...before };
  if (empty)
    return { keys: String.raw`frame = "close", remove = ['\x00+$']`, notes: [], ...before };
  const end = quote(tail.toString("latin1"));
  const notes = ["# This came behind the file: is it a mark, and always the same?"];
  return { keys: `frame = "sentinel", end = ${end}`, notes, ...before };
}

const unexplained = (note: string): Frame => ({ ...CLOSE, notes: [`# ${note}`] });

/** The client says the same after each piece. */
function acknowledged({ bytes, answers }: Came, content: Buffer): Frame | undefined {
  const [first] = answers;
  if (!first || answers.length < 2 || !answers.every((each) => each.equals(first)))
    return undefined;
  if (bytes.indexOf(content) !== 0) return undefined;
  const [end, ack] = [bytes.subarray(content.length), first].map((each) =>
    quote(each.toString("latin1")),
  );
  const lines = content.toString("latin1").split("\n").length - 1 === answers.length;
  const how = lines ? ', of = "line"' : "";
  return {
    keys: `frame = "pieces", piece = "{data}"${how}, ack = ${ack}, end = ${end}`,
    notes: [],
  };
}

/** Texts behind lengths, or fields of one width: one of them holds the content, the last ends it. */
function parted(came: Came, content: Buffer): Frame | undefined {
  const parts = counted(came.bytes)?.parts;
  if (parts && parts.length > 1) {
    const texts = parts.map(({ form, bytes }) => `{${form}:${padded(bytes, came.recording)}}`);
    const at = parts.findIndex(({ bytes }) => bytes.includes(content));
    const whole = parts[at];
    if (!whole) return undefined;
    const [before, behind] = sides(whole.bytes, content);
    const piece = `{${whole.form}:${before}{data}${behind}}`;
    const first = at > 0 ? `first = ${quote(texts[0] ?? "")}, ` : "";
    const keys = `frame = "pieces", ${first}piece = ${quote(piece)}, end = ${quote(texts.at(-1) ?? "")}`;
    return { keys, notes: ["# How long is the longest piece? It may need max."] };
  }
  return fields(came, content);
}

function sides(whole: Buffer, content: Buffer): [string, string] {
  const at = whole.indexOf(content);
  const [before, behind] = [whole.subarray(0, at), whole.subarray(at + content.length)];
  return [before.toString("latin1"), behind.toString("latin1")];
}

/** The content, filled with NULs up to a width, and an end in a field as wide. */
function fields({ bytes, recording }: Came, content: Buffer): Frame | undefined {
  const rest = bytes.subarray(content.length);
  const fill = rest.findIndex((byte) => byte !== 0);
  const wide = content.length + fill;
  if (bytes.indexOf(content) !== 0 || fill < NARROWEST || bytes.length !== 2 * wide)
    return undefined;
  const end = quote(padded(bytes.subarray(wide), recording));
  const keys = `frame = "pieces", piece = "{pad${wide}:{data}}", max = ${wide - 1}, end = ${end}`;
  return { keys, notes: [] };
}

/** The frame around a listing, of which the names are known, and not their order. */
export function listFrame(came: Came, names: readonly string[]): Frame {
  const { bytes, pieces, recording } = came;
  // With or without the NUL behind the last name.
  const prefixes = [0, 1].flatMap((less) =>
    [4, 2].map((wide) => width(bytes.subarray(0, wide), bytes.length - wide - less)),
  );
  const prefix = prefixes.find((each) => each !== undefined && each !== "dec");
  if (prefix) return { keys: `frame = "length", prefix = "${prefix}"`, notes: [] };
  const parts = counted(bytes)?.parts ?? [];
  const [one] = parts;
  if (one && parts.length > names.length) {
    const name = names.find((each) => one.bytes.includes(each)) ?? "";
    const [before] = sides(one.bytes, Buffer.from(name));
    const last = parts.at(-1);
    const end = last ? `{${last.form}:${padded(last.bytes, recording)}}` : "";
    const piece = quote(`{${one.form}:${before}{data}}`);
    return {
      keys: `frame = "pieces", piece = ${piece}, of = "name", end = ${quote(end)}`,
      notes: [],
    };
  }
  const alone = pieces.filter((piece) => names.includes(piece.toString()));
  if (alone.length > names.length / 2)
    return { keys: 'frame = "pieces", piece = "{data}", of = "name", gap = 200', notes: [] };
  return slots(bytes, names) ?? CLOSE;
}

/** Names in fields of one width. */
function slots(bytes: Buffer, names: readonly string[]): Frame | undefined {
  const starts = names.map((name) => bytes.indexOf(`${name}\0`)).filter((at) => at >= 0);
  const [first = 0, ...others] = starts.toSorted((one, other) => one - other);
  const wide = others.reduce((common, at) => divisor(common, at - first), 0);
  if (starts.length < 3 || wide < 2 * NARROWEST) return undefined;
  const count = Math.floor(bytes.length / wide);
  const end = bytes.subarray(count * wide).toString("latin1");
  const ending = end === "" ? "" : `, end = ${quote(end)}`;
  return {
    keys: `frame = "pieces", piece = "{pad${wide}:{data}}", of = "name"${ending}`,
    notes: [],
  };
}

const divisor = (one: number, other: number): number =>
  other === 0 ? one : divisor(other, one % other);

/** What stands between names: most of them agree on it, since a name may have blanks itself. */
export function separator(came: Buffer, names: readonly string[]): string | undefined {
  const text = came.toString("latin1");
  const behind = names.flatMap((name) => {
    const at = text.indexOf(name);
    return at < 0 ? [] : (/^[^\w.-]{1,3}/.exec(text.slice(at + name.length))?.[0] ?? []);
  });
  const times = (each: string): number => behind.filter((other) => other === each).length;
  return behind.toSorted((one, other) => times(other) - times(one))[0];
}

function width(head: Buffer, size: number): string | undefined {
  if (head.toString("latin1") === String(size)) return "dec";
  if (head.length === 2) {
    if (head.readUInt16BE() === size) return "u16be";
    return head.readUInt16LE() === size ? "u16le" : undefined;
  }
  if (head.length !== 4) return undefined;
  if (head.readUInt32BE() === size) return "u32be";
  return head.readUInt32LE() === size ? "u32le" : undefined;
}
