// A template with its holes filled: the bytes that go on the wire.

import { type TemplatePart, parseTemplate } from "./template.ts";

/** What fills the holes of a template. */
export type Fill = Record<string, string | number | Uint8Array>;

/** The bytes of a template; a hole without a value is a mistake in the dialect. */
export function encode(template: string, values: Fill): Buffer {
  return joined(parseTemplate(template), values);
}

const joined = (list: readonly TemplatePart[], values: Fill): Buffer =>
  Buffer.concat(list.map((part) => encoded(part, values)));

function encoded(part: TemplatePart, values: Fill): Buffer {
  if (part.kind === "text") return part.bytes;
  if (part.kind === "hole") return filled(part, values);
  const inner = joined(part.inner, values);
  if (part.kind === "integer") return part.form.encode(Number(inner.toString()));
  if (part.kind === "field") return padded(part, inner);
  const { form, extra, separator } = part;
  return Buffer.concat([form.encode(inner.length + extra), Buffer.from(separator), inner]);
}

function filled({ name, plus }: TemplatePart & { kind: "hole" }, values: Fill): Buffer {
  const value = values[name];
  if (value === undefined)
    throw new Error(`the dialect asks for {${name}}, which has no value here`);
  if (value instanceof Uint8Array) return Buffer.from(value);
  return Buffer.from(plus === 0 ? String(value) : String(Number(value) + plus));
}

function padded({ width, filler, side }: TemplatePart & { kind: "field" }, inner: Buffer): Buffer {
  // A string of C keeps its last byte for the NUL; what does not fit is cut, as the programs do.
  const kept = inner.subarray(0, side === "nul" ? width - 1 : width);
  const rest = Buffer.alloc(width - kept.length, filler);
  return Buffer.concat(side === "left" ? [rest, kept] : [kept, rest]);
}
