// A template of the wire, compiled once: fixed text, placeholders, and encoders around them.

import { findIntegerFormat, type IntegerFormat } from "./integer.ts";

/** Fixed text, a placeholder that takes a value, or an encoder around more of the same. */
export type TemplatePart =
  | { kind: "text"; bytes: Buffer }
  | { kind: "placeholder"; name: string; plus: number }
  | { kind: "integer"; format: IntegerFormat; inner: TemplatePart[] }
  | { kind: "length"; format: IntegerFormat; extra: number; suffix: string; inner: TemplatePart[] }
  | {
      kind: "field";
      width: number;
      filler: number;
      align: "left" | "right" | "c-string";
      inner: TemplatePart[];
    };

/** What fills the placeholders of a template. */
export type TemplateValues = Record<string, string | number | Uint8Array>;

/** Throws if the text is not a template; the message says what is wrong and what to write. */
export class Template {
  readonly parts: readonly TemplatePart[];
  /** The names of its placeholders. */
  readonly placeholders: readonly string[];

  constructor(readonly source: string) {
    this.parts = new TemplateParser(source).parse();
    this.placeholders = this.parts.flatMap(listPlaceholders);
  }

  get isEmpty(): boolean {
    return this.parts.length === 0;
  }
}

const listPlaceholders = (part: TemplatePart): string[] => {
  if (part.kind === "text") return [];
  return part.kind === "placeholder" ? [part.name] : part.inner.flatMap(listPlaceholders);
};

const PLACEHOLDER = /\{(\w+)([+-]\d+)?\}/y;
const ENCODER = /\{([a-z][^:{}]*):/y;
const BRACE = /\{([()])\}/y;
const FIELD = /^(pad|lpad|cstr)(\d+)([^\d]?)$/;
const LENGTH = /^len-([a-z]+\d*(?:be|le)?)([+-]\d+)?([^\w+]*)$/;

class TemplateParser {
  #at = 0;

  constructor(readonly source: string) {}

  parse(): TemplatePart[] {
    const parts = this.#parseParts();
    if (this.#at < this.source.length) this.#fail("has a } without a {; write {)} for the brace");
    return parts;
  }

  #fail(what: string): never {
    throw new Error(`the template ${JSON.stringify(this.source)} ${what}`);
  }

  #parseParts(): TemplatePart[] {
    const parts: TemplatePart[] = [];
    let text = "";
    const flush = (): void => {
      if (text !== "") parts.push({ kind: "text", bytes: Buffer.from(text) });
      text = "";
    };
    while (this.#at < this.source.length && this.source[this.#at] !== "}") {
      const brace = this.#match(BRACE);
      if (brace) text += brace[1] === "(" ? "{" : "}";
      else if (this.source[this.#at] !== "{") text += this.source[this.#at++];
      else {
        flush();
        parts.push(this.#parsePart());
      }
    }
    flush();
    return parts;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.source);
    if (match) this.#at += match[0].length;
    return match;
  }

  #parsePart(): TemplatePart {
    const match = this.#match(PLACEHOLDER);
    if (match) return { kind: "placeholder", name: match[1] ?? "", plus: Number(match[2] ?? 0) };
    const name = this.#match(ENCODER)?.[1];
    if (name === undefined)
      this.#fail(
        "has a { that begins neither a placeholder nor an encoder; write {(} for the brace",
      );
    if (name === "bytes") return this.#parseBytes();
    const inner = this.#parseParts();
    if (this.source[this.#at] !== "}") this.#fail(`needs a } that ends {${name}:`);
    this.#at++;
    return buildEncoder(name, inner) ?? this.#fail(`has no encoder ${name}; ${ENCODERS}`);
  }

  #parseBytes(): TemplatePart {
    const digits = this.#match(/([0-9a-fA-F\s]*)\}/y)?.[1];
    if (digits === undefined) this.#fail("needs pairs of hexadecimal digits in {bytes:ff 00}");
    return { kind: "text", bytes: Buffer.from(digits.replace(/\s/g, ""), "hex") };
  }
}

const ENCODERS =
  "write one of u8, u16be, u32le (and such), dec, dec8, hex4, len-u16be, pad9, lpad9, cstr9, bytes";

function buildEncoder(name: string, inner: TemplatePart[]): TemplatePart | undefined {
  const format = findIntegerFormat(name);
  if (format) return { kind: "integer", format, inner };
  const field = FIELD.exec(name);
  if (field) return buildField(field, inner);
  const [, number = "", extra, suffix = ""] = LENGTH.exec(name) ?? [];
  const length = findIntegerFormat(number);
  return length && { kind: "length", format: length, extra: Number(extra ?? 0), suffix, inner };
}

function buildField([, name, width, filler]: RegExpExecArray, inner: TemplatePart[]): TemplatePart {
  // The text of `lpad` stands on the right, behind its filler.
  const align = name === "lpad" ? "right" : name === "cstr" ? "c-string" : "left";
  return { kind: "field", width: Number(width), filler: filler?.charCodeAt(0) || 0, align, inner };
}
