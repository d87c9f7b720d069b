// Contents of files: sizes around which buffers end, and bytes at which programs stumble.

import { Random } from "./random.ts";

/** A file as it is drawn, shrunk and described; its bytes follow from these four. */
export interface FilePlan {
  name: string;
  kind: ContentKind;
  size: number;
  /** Makes its bytes different from those of every other file. */
  salt: number;
}

/** Text, which every program of the assignment transfers. */
export const TEXT_KINDS = ["lines", "unended", "one line", "blank lines", "UTF-8"] as const;
/** What a program in text mode, or with C strings, changes. */
export const BINARY_KINDS = ["bytes", "NUL", "0xFF", "CR LF", "CR", "Ctrl-Z"] as const;
export type ContentKind = (typeof TEXT_KINDS)[number] | (typeof BINARY_KINDS)[number];

export const isText = (kind: ContentKind): boolean => TEXT_KINDS.some((one) => one === kind);

const LARGEST_POWER = 16;
const POWERS = Array.from({ length: LARGEST_POWER }, (_, at) => 2 ** (at + 1));
/** Segments of Ethernet, and buffers that are not powers of two. */
const OTHER_BUFFERS = [10, 100, 500, 599, 600, 1_000, 1_460, 1_500, 2_000, 5_000, 10_000, 50_000];

/** Every power of two and every usual buffer, one less and one more. */
export const SIZES: readonly number[] = [
  ...new Set([...POWERS, ...OTHER_BUFFERS].flatMap((size) => [size - 1, size, size + 1])),
].sort((a, b) => a - b);

const UTF_8 = "\u00e9\u4e16\u{1f600}-";

/** The texts that fill a file, again and again. */
const PATTERN: Record<ContentKind, (salt: number, count: number) => string> = {
  lines: (salt, count) => `${count}. line of file ${salt}\n`,
  unended: (salt, count) => `${count}. line of file ${salt}\n`,
  "one line": (salt, count) => `${count}. word of file ${salt} `,
  "blank lines": (salt, count) => `\n\n  \t${count} of ${salt}  \n`,
  "UTF-8": (salt, count) => `${UTF_8}${count} of ${salt}\n`,
  bytes: (salt) => Buffer.from(drawBytes(salt)).toString("latin1"),
  NUL: (salt, count) => `\0${count} of ${salt}\0\0`,
  "0xFF": (salt, count) => `\xff${count} of ${salt}\xff\xff`,
  "CR LF": (salt, count) => `${count} of ${salt}\r\n\r\n`,
  CR: (salt, count) => `${count} of ${salt}\r`,
  "Ctrl-Z": (salt, count) => `${count} of ${salt}\x1a\x04`,
};

const BYTES = 256;

const drawBytes = (salt: number): number[] =>
  new Random(salt).shuffle(Array.from({ length: BYTES }, (_, byte) => byte));

export function makeContent({ kind, size, salt }: FilePlan): Buffer {
  const parts: Buffer[] = [];
  const encoding = isText(kind) ? "utf8" : "latin1";
  for (let [length, count] = [0, 1]; length < size; count++) {
    const part = Buffer.from(PATTERN[kind](salt, count), encoding);
    parts.push(part);
    length += part.length;
  }
  return finish(Buffer.concat(parts).subarray(0, size), kind);
}

/** A text ends where its kind wants it, and no character of it is cut in two. */
function finish(bytes: Buffer, kind: ContentKind): Buffer {
  if (kind === "UTF-8") replaceCutCharacter(bytes);
  const last = bytes.length - 1;
  if (kind === "lines" && last >= 0) bytes[last] = 10;
  if (kind === "unended" && bytes[last] === 10) bytes[last] = 46;
  return bytes;
}

const ASCII = 0x80;
const LEADING = 0xc0;

function replaceCutCharacter(bytes: Buffer): void {
  if (Buffer.from(bytes.toString()).equals(bytes)) return;
  let at = bytes.length - 1;
  while (at > 0 && (bytes[at] ?? 0) >= ASCII && (bytes[at] ?? 0) < LEADING) at--;
  bytes.fill("x", at);
}

/** For a person. */
export const describeFile = ({ name, kind, size }: FilePlan): string =>
  `${JSON.stringify(name)} (${size} byte${size === 1 ? "" : "s"}${kind === "lines" ? "" : `, ${kind}`})`;
