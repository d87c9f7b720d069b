// Guesses how a payload is framed, from a file or from names that are known.

import { formatPart, guessField, guessLengthForm, parseLengthPrefixed } from "./guess-template.ts";
import type { Recording } from "./proxy.ts";

/** The keys of `data` in a dialect; templates are texts. */
export interface FrameKeys {
  frame: "close" | "sentinel" | "length" | "pieces" | "silence";
  end?: string;
  prefix?: string;
  first?: string;
  piece?: string;
  of?: "name" | "line";
  ack?: string;
  max?: number;
  gap?: number;
  ms?: number;
  remove?: string[];
}

export interface FrameGuess {
  keys: FrameKeys;
  /** What the person who edits the dialect has to look at. */
  notes: string[];
  /** What the server says on Q before the payload and after it. */
  before?: string;
  after?: string;
}

/** What arrived as the payload, and what the client answered to it on the same connection. */
export interface RecordedPayload {
  bytes: Buffer;
  /** The bytes as they arrived. */
  pieces: readonly Buffer[];
  answers: readonly Buffer[];
  recording: Recording;
}

const CLOSE: FrameGuess = { keys: { frame: "close" }, notes: [] };
/** The smallest padding of a field: fewer NULs may be there by chance. */
const SMALLEST_PADDING = 8;

const toText = (bytes: Buffer): string => bytes.toString("latin1");

/** Guesses the frame around a file. */
export function guessFileFrame(payload: RecordedPayload, content: Buffer): FrameGuess {
  const { bytes } = payload;
  if (bytes.equals(content)) return CLOSE;
  const acknowledged = guessAcknowledged(payload, content);
  if (acknowledged) return acknowledged;
  const at = bytes.indexOf(content);
  const note = "The file did not arrive as it is: is it cut into pieces, or changed?";
  if (at < 0) return { ...CLOSE, notes: [note] };
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at + content.length)];
  return (
    guessParts(payload, content) ??
    guessFields(payload, content) ??
    guessSurrounded(head, tail, content)
  );
}

function guessSurrounded(head: Buffer, tail: Buffer, content: Buffer): FrameGuess {
  const isPadding = tail.every((byte) => byte === 0);
  const prefix = isPadding ? guessLengthForm(head, content.length) : undefined;
  if (prefix) {
    const after = tail.length > 0 ? { after: toText(tail) } : {};
    return { keys: { frame: "length", prefix }, notes: [], ...after };
  }
  const before = head.length > 0 ? { before: toText(head) } : {};
  if (tail.length === 0) return { ...CLOSE, ...before };
  if (isPadding)
    return { keys: { frame: "close", remove: [String.raw`\x00+$`] }, notes: [], ...before };
  const notes = ["This came behind the file: is it a marker, and always the same?"];
  return { keys: { frame: "sentinel", end: toText(tail) }, notes, ...before };
}

/** The client sends the same answer to each piece. */
function guessAcknowledged(
  { bytes, answers }: RecordedPayload,
  content: Buffer,
): FrameGuess | undefined {
  const [first] = answers;
  if (!first || answers.length < 2 || !answers.every((each) => each.equals(first)))
    return undefined;
  if (bytes.indexOf(content) !== 0) return undefined;
  const lines = toText(content).split("\n").length - 1;
  const of = lines === answers.length ? ({ of: "line" } as const) : {};
  const end = toText(bytes.subarray(content.length));
  return {
    keys: { frame: "pieces", piece: "{data}", ...of, ack: toText(first), end },
    notes: [],
  };
}

/** Texts behind lengths: one of them holds the content, and the last ends it. */
function guessParts(
  { bytes, recording }: RecordedPayload,
  content: Buffer,
): FrameGuess | undefined {
  const parts = parseLengthPrefixed(bytes)?.parts ?? [];
  const at = parts.findIndex((part) => part.bytes.includes(content));
  const part = parts[at];
  if (parts.length < 2 || !part) return undefined;
  const texts = parts.map((each) => formatPart(each, recording.values));
  const start = part.bytes.indexOf(content);
  const before = toText(part.bytes.subarray(0, start));
  const behind = toText(part.bytes.subarray(start + content.length));
  const first = at > 0 ? { first: texts[0] ?? "" } : {};
  const piece = `{${part.form}:${before}{data}${behind}}`;
  return {
    keys: { frame: "pieces", ...first, piece, end: texts.at(-1) ?? "" },
    notes: ["How long is the longest piece? It may need `max`."],
  };
}

/** The content in a field that is filled with NULs, and a marker in a field of the same width. */
function guessFields(
  { bytes, recording }: RecordedPayload,
  content: Buffer,
): FrameGuess | undefined {
  const padding = bytes.subarray(content.length).findIndex((byte) => byte !== 0);
  const width = content.length + padding;
  const isField = bytes.indexOf(content) === 0 && padding >= SMALLEST_PADDING;
  if (!isField || bytes.length !== 2 * width) return undefined;
  const end = guessField(bytes.subarray(width), recording.values);
  return {
    keys: { frame: "pieces", piece: `{pad${width}:{data}}`, max: width - 1, end },
    notes: [],
  };
}

/** Guesses the frame around a listing; the names are known, but not their order. */
export function guessListFrame(payload: RecordedPayload, names: readonly string[]): FrameGuess {
  const { bytes, pieces } = payload;
  const prefix = guessListPrefix(bytes);
  if (prefix) return { keys: { frame: "length", prefix }, notes: [] };
  const parts = guessNameParts(payload, names);
  if (parts) return parts;
  const single = pieces.filter((piece) => names.includes(piece.toString()));
  if (single.length > names.length / 2)
    return { keys: { frame: "pieces", piece: "{data}", of: "name", gap: 200 }, notes: [] };
  return guessNameFields(bytes, names) ?? CLOSE;
}

/** The length may or may not count the NUL behind the last name. */
function guessListPrefix(bytes: Buffer): string | undefined {
  const prefixes = [0, 1].flatMap((uncounted) =>
    [4, 2].map((width) =>
      guessLengthForm(bytes.subarray(0, width), bytes.length - width - uncounted),
    ),
  );
  return prefixes.find((each) => each !== undefined && each !== "dec");
}

/** Each name behind a length. */
function guessNameParts(
  { bytes, recording }: RecordedPayload,
  names: readonly string[],
): FrameGuess | undefined {
  const parts = parseLengthPrefixed(bytes)?.parts ?? [];
  const [part] = parts;
  if (!part || parts.length <= names.length) return undefined;
  const name = names.find((each) => part.bytes.includes(each)) ?? "";
  const before = toText(part.bytes.subarray(0, part.bytes.indexOf(name)));
  const end = formatPart(parts.at(-1) ?? part, recording.values);
  const piece = `{${part.form}:${before}{data}}`;
  return { keys: { frame: "pieces", piece, of: "name", end }, notes: [] };
}

/** Each name in a field of the same width. */
function guessNameFields(bytes: Buffer, names: readonly string[]): FrameGuess | undefined {
  const starts = names.map((name) => bytes.indexOf(`${name}\0`)).filter((at) => at >= 0);
  const [first = 0, ...others] = starts.toSorted((one, other) => one - other);
  const width = others.reduce((common, at) => findDivisor(common, at - first), 0);
  if (starts.length < 3 || width < 2 * SMALLEST_PADDING) return undefined;
  const count = Math.floor(bytes.length / width);
  const rest = toText(bytes.subarray(count * width));
  const end = rest === "" ? {} : { end: rest };
  return {
    keys: { frame: "pieces", piece: `{pad${width}:{data}}`, of: "name", ...end },
    notes: [],
  };
}

/** The greatest common divisor. */
const findDivisor = (one: number, other: number): number =>
  other === 0 ? one : findDivisor(other, one % other);

/** Guesses what stands between names: the text that follows most of them, since a name may have blanks itself. */
export function guessSeparator(bytes: Buffer, names: readonly string[]): string | undefined {
  const text = toText(bytes);
  const followers = names.flatMap((name) => {
    const at = text.indexOf(name);
    return at < 0 ? [] : (/^[^\w.-]{1,3}/.exec(text.slice(at + name.length))?.[0] ?? []);
  });
  const count = (each: string): number => followers.filter((other) => other === each).length;
  return followers.toSorted((one, other) => count(other) - count(one))[0];
}
