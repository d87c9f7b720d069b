// Encodes a template: fills its placeholders and returns the bytes for the wire.

import type { Template, TemplatePart, TemplateValues } from "./template.ts";

/** Throws if a placeholder has no value. */
export const encodeTemplate = (template: Template, values: TemplateValues): Buffer =>
  encodeParts(template.parts, values);

/** The number that a template comes to; NaN if it is not one. */
export const encodeNumber = (template: Template, values: TemplateValues): number =>
  Number(encodeTemplate(template, values).toString());

const encodeParts = (parts: readonly TemplatePart[], values: TemplateValues): Buffer =>
  Buffer.concat(parts.map((part) => encodePart(part, values)));

export function encodePart(part: TemplatePart, values: TemplateValues): Buffer {
  if (part.kind === "text") return part.bytes;
  if (part.kind === "placeholder") return encodeValue(part, values);
  const inner = encodeParts(part.inner, values);
  if (part.kind === "integer") return part.format.encode(Number(inner.toString()));
  if (part.kind === "field") return encodeField(part, inner);
  const { format, extra, suffix } = part;
  return Buffer.concat([format.encode(inner.length + extra), Buffer.from(suffix), inner]);
}

function encodeValue(
  { name, plus }: TemplatePart & { kind: "placeholder" },
  values: TemplateValues,
): Buffer {
  const value = values[name];
  if (value === undefined)
    throw new Error(
      `{${name}} of the dialect has no value yet: no earlier step and no [values] gives it`,
    );
  if (value instanceof Uint8Array) return Buffer.from(value);
  return Buffer.from(plus === 0 ? String(value) : String(Number(value) + plus));
}

function encodeField(
  { width, filler, align }: TemplatePart & { kind: "field" },
  inner: Buffer,
): Buffer {
  // A C string keeps its last byte for the NUL. Text that is too long is cut, as programs do it.
  const text = inner.subarray(0, align === "c-string" ? width - 1 : width);
  const padding = Buffer.alloc(width - text.length, filler);
  return Buffer.concat(align === "right" ? [padding, text] : [text, padding]);
}
