// The forms in which a length stands in front of a text, and bytes read as texts behind lengths.

import { findIntegerFormat } from "../dialect/integer.ts";

/** The integers that a program writes, in the order in which they are tried. */
export const LENGTH_FORMS = ["i32le", "i32be", "u16be", "u16le", "i64be", "i64le", "u8"] as const;

/** Fewer bytes may follow a number by chance. */
const SHORTEST = 2;

export interface LengthForm {
  /** The encoder: `len-u16be`, or `len-u16be+2` if the length counts itself. */
  name: string;
  /** Reads the length at a place of the bytes: how many bytes it takes, and what it says of the bytes behind it. */
  read(bytes: Buffer, at: number): { width: number; size: number } | undefined;
}

export const listLengthForms = (): LengthForm[] => [
  ...LENGTH_FORMS.flatMap((name) => [binaryLength(name, false), binaryLength(name, true)]),
  ...["|", ":", " ", "\n"].map(decimalLength),
];

function binaryLength(name: string, countsItself: boolean): LengthForm {
  const format = findIntegerFormat(name);
  const width = format?.encode(0).length ?? 0;
  const own = countsItself ? width : 0;
  return {
    name: `len-${name}${own > 0 ? `+${own}` : ""}`,
    read(bytes, at) {
      if (!format || at + width > bytes.length) return undefined;
      return { width, size: format.decode(bytes.toString("latin1", at, at + width)) - own };
    },
  };
}

const decimalLength = (separator: string): LengthForm => ({
  name: `len-dec${separator}`,
  read(bytes, at) {
    const text = bytes.toString("latin1", at, at + 12);
    const digits = /^\d+/.exec(text)?.[0];
    if (digits === undefined || text[digits.length] !== separator) return undefined;
    return { width: digits.length + 1, size: Number(digits) };
  },
});

export interface Series {
  parts: Buffer[];
  /** Where each part begins, with its length. */
  starts: number[];
  rest: Buffer;
}

/** Reads bytes as texts behind lengths, as far as they are; a NUL or less than a text may be left over. */
export function readSeries(
  bytes: Buffer,
  form: LengthForm,
  shortest = SHORTEST,
): Series | undefined {
  const series: Series = { parts: [], starts: [], rest: bytes };
  let at = 0;
  while (at < bytes.length) {
    const head = form.read(bytes, at);
    if (!head || head.size < shortest || at + head.width + head.size > bytes.length) break;
    series.starts.push(at);
    series.parts.push(bytes.subarray(at + head.width, at + head.width + head.size));
    at += head.width + head.size;
  }
  series.rest = bytes.subarray(at);
  return series.rest.length <= 1 && series.rest.every((byte) => byte === 0) ? series : undefined;
}
