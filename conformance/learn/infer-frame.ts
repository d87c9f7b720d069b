// Infers how a payload is framed. Each guess is read by the suite's own frame reader, and counts only if the payload of
// every recording comes out whole.

import { isOpenEnded, matchTemplate } from "../dialect/decode.ts";
import { createFrameReader } from "../dialect/framing.ts";
import { findIntegerFormat } from "../dialect/integer.ts";
import { Template, type TemplateValues } from "../dialect/template.ts";
import type { Data } from "../dialect/types.ts";
import { inferListing } from "./infer-listing.ts";
import {
  inferTemplate,
  type LengthForm,
  listLengthForms,
  quoteTemplate,
  readSeries,
} from "./infer-template.ts";
import type { PayloadSample } from "./payload-sample.ts";

/** The keys of `data` in a dialect; templates are texts. */
export interface FrameKeys {
  frame: Data["frame"];
  end?: string;
  prefix?: string;
  size?: string;
  first?: string;
  piece?: string;
  of?: "name" | "line";
  ack?: string;
  max?: number;
  gap?: number;
  ms?: number;
  count?: number;
  remove?: string[];
}

export interface FrameGuess {
  keys: FrameKeys;
  /** What the server says on the same connection before the payload and after it. */
  before?: string;
  after?: string;
  /** A list may have texts of its own at both ends, since no other frame explains it. */
  isLenient?: boolean;
}

/** Milliseconds of silence that end a payload if nobody else does. */
const SILENCE = 700;
/** Milliseconds between two pieces that nothing but the pause separates. */
const GAP = 200;
/** Bytes that a length takes, at most. */
const WIDEST_LENGTH = 12;
const PREFIXES = ["i32le", "i32be", "u16be", "u16le", "i64be", "i64le", "u8"] as const;

/** The first frame through which every payload comes out whole. */
export function inferFrame(samples: readonly PayloadSample[]): FrameGuess | undefined {
  for (const guess of listGuesses(samples))
    if (samples.every((sample) => isReadBy(guess, sample))) return guess;
  return undefined;
}

/** What the payload must be: the content of the file, or a list of the names and nothing else. */
function isWhole(payload: Buffer, { recording }: PayloadSample, guess: FrameGuess): boolean {
  if (recording.kind !== "list") return payload.equals(recording.content);
  const listing = inferListing(payload, recording.names, guess.keys.of === "name");
  if (!listing || guess.isLenient) return listing !== undefined;
  const { head = "", tail = "", separator } = listing;
  return head === "" && (tail === "" || tail === separator);
}

function isReadBy(guess: FrameGuess, sample: PayloadSample): boolean {
  try {
    return readThrough(guess, sample);
  } catch {
    return false; // a template has no value, or a format does not hold the number
  }
}

function readThrough(guess: FrameGuess, sample: PayloadSample): boolean {
  const { before, after } = guess;
  const text = sample.bytes.toString("latin1");
  // The size is what an earlier text has told, not what the suite knows.
  const { size: _, ...known } = sample.values;
  const opening =
    before === undefined ? undefined : matchOpening(new Template(before), sample, known);
  if (before !== undefined && !opening) return false;
  const start = opening?.end ?? 0;
  const values = { ...sample.values, ...opening?.values };
  const reader = createFrameReader(compileKeys(guess.keys), values);
  let length = 0;
  for (const piece of sample.pieces) {
    length += piece.length;
    if (length > start) reader.read(sample.bytes.subarray(start, length), false);
  }
  if (!reader.isComplete) reader.read(sample.bytes.subarray(start), true);
  if (!reader.isComplete && guess.keys.frame !== "silence") return false;
  const rest = text.slice(start + reader.consumed);
  const isByName = guess.keys.of === "name";
  if (isByName && reader.pieceCount < sample.recording.names.length) return false;
  if (!isWhole(reader.payload, sample, guess)) return false;
  if (after === undefined) return rest === "";
  return matchTemplate(new Template(after), rest, values)?.end === rest.length;
}

/** Where the payload begins: behind the text that the frame has in front of it. */
export function findPayloadStart({ before }: FrameGuess, sample: PayloadSample): number {
  if (before === undefined) return 0;
  const { size: _, ...known } = sample.values;
  return matchOpening(new Template(before), sample, known)?.end ?? 0;
}

/** A number that is sent by itself ends with its segment: the first digit of the file may follow it. */
function matchOpening(template: Template, { bytes, pieces }: PayloadSample, known: TemplateValues) {
  const isAlone = isOpenEnded(template, known) && pieces.length > 1;
  const text = ((isAlone ? pieces[0] : undefined) ?? bytes).toString("latin1");
  return matchTemplate(template, text, known);
}

/** The keys as the suite's reader wants them. */
export function compileKeys({ prefix, remove, ...keys }: FrameKeys): Data {
  const compiled: Record<string, unknown> = { on: "Q" };
  for (const [key, value] of Object.entries(keys)) {
    const isTemplate = ["end", "size", "first", "piece", "ack"].includes(key);
    compiled[key] = isTemplate ? new Template(String(value)) : value;
  }
  if (prefix) compiled["prefix"] = findIntegerFormat(prefix);
  if (remove) compiled["remove"] = remove.map((source) => new RegExp(source, "g"));
  return compiled as unknown as Data;
}

function* listGuesses(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  if (samples.length === 0) return;
  yield* listLengths();
  if (samples.some(({ answers }) => answers.length > 0)) yield* listAnswered(samples);
  yield* listBare(samples);
  yield* listPrefixedPieces(samples);
  yield* listBlocks(samples);
  yield* listNamePieces(samples);
  yield* listSurrounded(samples);
  yield { keys: endingOf(samples), isLenient: true };
}

const isFile = ({ recording }: PayloadSample): boolean => recording.kind !== "list";

/** A length in front of it, in bytes or in digits. */
function* listLengths(): Generator<FrameGuess> {
  for (const prefix of [...PREFIXES, "dec"]) {
    yield { keys: { frame: "length", prefix } };
    yield { keys: { frame: "length", prefix }, after: "\0" };
  }
}

/** How the end is told if nothing marks it. */
function endingOf(samples: readonly PayloadSample[]): FrameKeys {
  const isEndedByServer = samples.some(({ endedBy }) => endedBy === "server");
  return isEndedByServer ? { frame: "close" } : { frame: "silence", ms: SILENCE };
}

/** Nothing around it. */
function* listBare(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  const ending = endingOf(samples);
  const hasAnnouncement = samples.every(
    ({ recording, head, values }) =>
      isFile({ recording } as PayloadSample) &&
      head.some(
        (event) =>
          event.kind === "turn" &&
          event.by === "server" &&
          new RegExp(`\\b${values["size"]}\\b`).test(event.bytes.toString("latin1")),
      ),
  );
  if (ending.frame === "silence" && hasAnnouncement)
    yield { keys: { frame: "length", size: "{size}" } };
  yield { keys: ending };
  // Padding that the client does not save.
  if (samples.some(({ bytes }) => bytes.includes(0)))
    yield { keys: { ...ending, remove: [String.raw`\x00+$`] } };
}

/** Each piece is answered by the client. */
function* listAnswered(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  const acks = [...new Set(samples.flatMap(({ answers }) => answers.map(quoteTemplate)))];
  const [ack] = acks;
  if (ack === undefined || acks.length !== 1) return;
  const end = commonTail(samples);
  const isByLine = samples.some(
    ({ recording: { content }, answers }) =>
      answers.length > 1 &&
      content.toString("latin1").trimEnd().split("\n").length === answers.length,
  );
  const of = isByLine ? ({ of: "line" } as const) : {};
  const sizes = samples.flatMap(({ pieces }) => pieces.map(({ length }) => length));
  const max = isByLine ? {} : { max: Math.max(...sizes) };
  for (const tail of listTails(end))
    yield {
      keys: {
        frame: "pieces",
        piece: "{data}",
        ...of,
        ...max,
        ack,
        ...(tail === "" ? {} : { end: tail }),
      },
    };
}

/** Texts behind lengths: each holds a piece behind a tag; the first and the last may hold none. */
function* listPrefixedPieces(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  for (const form of listLengthForms()) {
    yield* listOpenedPieces(samples, form);
    const series = samples.map(({ bytes }) => readSeries(bytes, form, 1));
    if (series.some((each) => each === undefined)) continue;
    const all = series.map((each) => each?.parts ?? []);
    const tag = commonTag(samples, all);
    if (tag === undefined) continue;
    const of = isFile(samples[0]!) ? lineWise(samples, all) : ({ of: "name" } as const);
    const max = Math.max(...all.flat().map(({ length }) => length)) - tag.length;
    const piece = `{${form.name}:${quoteField(tag)}{data}}`;
    const lasts = templateOf(
      samples,
      all.map((parts) => parts.at(-1)),
    );
    const firsts = templateOf(
      samples,
      all.map((parts) => parts[0]),
    );
    const limit = isFile(samples[0]!) && !("of" in of && of.of) ? { max } : {};
    const base = { frame: "pieces", piece, ...of, ...limit } as const;
    const end = lasts === undefined ? undefined : `{${form.name}:${lasts}}`;
    const first = firsts === undefined ? undefined : `{${form.name}:${firsts}}`;
    if (end !== undefined && first !== undefined) yield { keys: { ...base, first, end } };
    if (end !== undefined) yield { keys: { ...base, end } };
    yield { keys: { frame: "pieces", piece, count: 1 } };
    yield { keys: { ...base, size: "{size}" } };
    yield { keys: { ...base } };
  }
}

/** The same behind texts that stand in front of the first length. */
function* listOpenedPieces(
  samples: readonly PayloadSample[],
  form: LengthForm,
): Generator<FrameGuess> {
  const starts = samples.map((sample) => findPartStart(sample, form));
  if (starts.some((start) => start === undefined || start === 0)) return;
  const cut = samples.map(({ bytes, values }, at) => ({
    bytes: bytes.subarray(0, starts[at]),
    values,
  }));
  const before = inferTemplate(cut);
  if (before === undefined) return;
  const piece = `{${form.name}:{data}}`;
  const isOneFile = samples.every(isFile);
  const base = { frame: "pieces", piece } as const;
  if (!isOneFile) yield { keys: { ...base, of: "name" }, before };
  if (isOneFile) yield { keys: { ...base, of: "line", size: "{size}" }, before };
  yield { keys: { ...base, count: 1 }, before };
  yield { keys: { ...base, size: "{size}" }, before };
}

/** Where the length of the part begins that begins with the content. */
function findPartStart({ bytes, recording }: PayloadSample, form: LengthForm): number | undefined {
  const { kind, content, names } = recording;
  const needles = kind === "list" ? names : [content.toString("latin1").split("\n")[0] ?? ""];
  const found = needles.map((needle) => bytes.indexOf(needle)).filter((at) => at > 0);
  const first = Math.min(...found);
  for (let start = Math.max(0, first - WIDEST_LENGTH); start < first; start++) {
    const head = form.read(bytes, start);
    const isWhole = head && start + head.width === first && first + head.size <= bytes.length;
    if (isWhole && head.size > 0) return start;
  }
  return undefined;
}

const templateOf = (
  samples: readonly PayloadSample[],
  parts: readonly (Buffer | undefined)[],
): string | undefined =>
  inferTemplate(
    samples.map(({ values }, at) => ({
      bytes: parts[at] ?? Buffer.alloc(0),
      values: omitSize(values),
    })),
  );

const omitSize = ({ size: _, ...values }: TemplateValues): TemplateValues => values;

/** A tag of fixed width, filled with NULs, or any other bytes. */
const quoteField = (tag: Buffer): string => {
  const text = tag.toString("latin1").replace(/\0+$/, "");
  return tag.length - text.length >= 2
    ? `{pad${tag.length}:${quoteTemplate(text)}}`
    : quoteTemplate(tag);
};

const lineWise = (samples: readonly PayloadSample[], all: readonly Buffer[][]): { of?: "line" } => {
  const isByLine = samples.every(({ recording: { content } }, at) => {
    const lines = content.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
    return lines.length <= (all[at]?.length ?? 0) && lines.length > 0;
  });
  return isByLine ? { of: "line" } : {};
};

/** What stands in front of the content in each part that has some. */
function commonTag(
  samples: readonly PayloadSample[],
  all: readonly (readonly Buffer[])[],
): Buffer | undefined {
  const tags = samples.flatMap(({ recording: { kind, content, names } }, at) => {
    const parts = all[at] ?? [];
    const needles =
      kind === "list" ? names.map((name) => Buffer.from(name)) : [content.subarray(0, 12)];
    const found = parts.flatMap((part) =>
      needles.flatMap((needle) => {
        const from = needle.length > 0 ? part.indexOf(needle) : -1;
        return from < 0 ? [] : [part.subarray(0, from)];
      }),
    );
    return found.slice(0, 1);
  });
  const [first] = tags;
  return first && tags.length === samples.length && tags.every((tag) => tag.equals(first))
    ? first
    : undefined;
}

/** Blocks of one width, filled with NULs. */
function* listBlocks(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  const width = isFile(samples[0]!) ? fileBlock(samples) : nameBlock(samples);
  if (width === undefined) return;
  const of = isFile(samples[0]!) ? { max: width.filled } : ({ of: "name" } as const);
  const piece = `{pad${width.size}:{data}}`;
  const tails = new Set(
    samples.map(({ bytes }) =>
      bytes.subarray(bytes.length - (bytes.length % width.size || width.size)).toString("latin1"),
    ),
  );
  const [tail] = tails;
  const isEndMarked = tails.size === 1 && tail !== undefined;
  if (isEndMarked) {
    yield { keys: { frame: "pieces", piece, ...of, end: quoteTemplate(tail) } };
    const text = tail.replace(/\0+$/, "");
    if (tail.length - text.length > 1 && text !== "")
      yield {
        keys: { frame: "pieces", piece, ...of, end: `{pad${tail.length}:${quoteTemplate(text)}}` },
      };
  }
  for (const end of listTails(commonTail(samples)))
    yield { keys: { frame: "pieces", piece, ...of, ...(end === "" ? {} : { end }) } };
  yield { keys: { frame: "pieces", piece: `{cstr${width.size}:{data}}`, ...of } };
}

interface Block {
  size: number;
  /** How many of its bytes hold content. */
  filled: number;
}

function fileBlock(samples: readonly PayloadSample[]): Block | undefined {
  const largest = samples.toSorted((a, b) => b.bytes.length - a.bytes.length)[0];
  if (!largest) return undefined;
  const {
    bytes,
    recording: { content },
  } = largest;
  let filled = 0;
  while (filled < content.length && bytes[filled] === content[filled]) filled++;
  if (filled < content.length) {
    const next = bytes.indexOf(content.subarray(filled, filled + 24), filled);
    return next < 0 ? undefined : { size: next, filled };
  }
  let end = filled;
  while (end < bytes.length && bytes[end] === 0) end++;
  return end === filled ? undefined : { size: end, filled: end - 1 };
}

function nameBlock(samples: readonly PayloadSample[]): Block | undefined {
  const sizes = samples.map(({ bytes, recording: { names } }) => {
    const starts = names.map((name) => bytes.indexOf(`${name}\0`)).filter((at) => at >= 0);
    return starts.reduce((common, at) => divisor(common, at), 0);
  });
  const size = sizes.reduce(divisor, 0);
  return size >= 16 ? { size, filled: size - 1 } : undefined;
}

const divisor = (one: number, other: number): number =>
  other === 0 ? one : divisor(other, one % other);

/** Names that arrive one by one, with nothing but time between them. */
function* listNamePieces(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  const isNames = samples.every(
    ({ recording: { kind, names }, pieces }) =>
      kind === "list" &&
      pieces.filter((piece) => names.includes(piece.toString())).length > names.length / 2,
  );
  if (!isNames) return;
  for (const end of listTails(commonTail(samples)))
    yield {
      keys: {
        frame: "pieces",
        piece: "{data}",
        of: "name",
        ...(end === "" ? {} : { end }),
        gap: GAP,
      },
    };
}

/** A text before it, and a marker behind it. */
function* listSurrounded(samples: readonly PayloadSample[]): Generator<FrameGuess> {
  for (const before of listOpenings(samples)) {
    const isAlone = before !== undefined && isOpenEnded(new Template(before));
    const ending = { ...endingOf(samples), ...(isAlone ? { gap: 300 } : {}) };
    const opening = before === undefined ? {} : { before };
    if (before?.includes("{size}")) {
      if (ending.frame !== "close") yield { keys: { frame: "length", size: "{size}" }, ...opening };
      yield { keys: ending, ...opening };
      yield { keys: { frame: "length", size: "{size}" }, ...opening };
    } else if (before !== undefined) yield { keys: ending, ...opening };
    for (const end of listTails(commonTail(samples)))
      if (end !== "")
        yield { keys: { frame: "sentinel", end, ...gapBeforeMarker(samples, end) }, ...opening };
  }
}

/** A marker that arrives by itself is sent so as well: some clients look at one recv(). */
const gapBeforeMarker = (samples: readonly PayloadSample[], end: string): { gap?: number } =>
  samples.every(({ pieces }) => pieces.length > 1 && quoteTemplate(pieces.at(-1) ?? "") === end)
    ? { gap: GAP }
    : {};

/** What may be said before the payload. */
function listOpenings(samples: readonly PayloadSample[]): (string | undefined)[] {
  const openings: (string | undefined)[] = [undefined];
  if (isFile(samples[0]!)) {
    const heads = samples.map(({ bytes, values, recording: { content } }) => ({
      bytes: bytes.subarray(0, Math.max(0, bytes.indexOf(content.subarray(0, 24)))),
      values,
    }));
    const text = heads.every(({ bytes }) => bytes.length > 0) ? inferTemplate(heads) : undefined;
    if (text !== undefined) openings.push(text);
    return openings;
  }
  return [...openings, ...listSizeHeads(samples), ...listLineHeads(samples)];
}

/** A number in front that is the length of the rest, alone or in a field of fixed width. */
function listSizeHeads(samples: readonly PayloadSample[]): string[] {
  const widths = samples.map(({ bytes }) => {
    const size = Number(/^\s*(\d+)/.exec(bytes.toString("latin1", 0, 64))?.[1] ?? Number.NaN);
    return bytes.length - size;
  });
  if (widths.some((width) => !(width > 0 && width <= 64))) return [];
  const heads = samples.map(({ bytes, values }, at) => ({
    bytes: bytes.subarray(0, widths[at]),
    values: { ...values, size: bytes.length - (widths[at] ?? 0) },
  }));
  const text = inferTemplate(heads);
  return text === undefined ? [] : [text];
}

/** The same line in front of every list. */
function listLineHeads(samples: readonly PayloadSample[]): string[] {
  const heads = samples.map(({ bytes, recording: { names } }) => {
    const first = Math.min(...names.map((name) => bytes.indexOf(name)).filter((at) => at >= 0));
    return bytes.subarray(0, first);
  });
  const [head] = heads;
  if (!head || head.length === 0 || !heads.every((each) => each.equals(head))) return [];
  const line = head.subarray(0, head.lastIndexOf(10) + 1);
  return line.length > 0 ? [quoteTemplate(line)] : [];
}

/** The bytes with which every payload ends, behind the content. */
function commonTail(samples: readonly PayloadSample[]): Buffer {
  const tails = samples.map(({ bytes, recording: { kind, content, names } }) => {
    const ends =
      kind === "list"
        ? names.map((name) => bytes.lastIndexOf(name) + Buffer.byteLength(name))
        : [bytes.lastIndexOf(content.subarray(-24)) + Math.min(24, content.length)];
    return bytes.subarray(Math.max(...ends));
  });
  const shortest = tails.toSorted((a, b) => a.length - b.length)[0] ?? Buffer.alloc(0);
  for (let length = shortest.length; length > 0; length--) {
    const tail = shortest.subarray(-length);
    if (tails.every((each) => each.subarray(-length).equals(tail))) return tail;
  }
  return Buffer.alloc(0);
}

/** The tail may begin with the separator of the list: shorter markers are tried as well. */
function listTails(tail: Buffer): string[] {
  const texts = [quoteTemplate(tail)];
  for (let from = 1; from <= 3 && from < tail.length; from++)
    texts.push(quoteTemplate(tail.subarray(from)));
  return texts;
}
