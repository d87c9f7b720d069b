// A template of the wire, parsed: literal text, holes, and encoders around them.

import { type Integer, findIntegerFormat } from "./integer.ts";

/** Text that is fixed, a hole to be filled, or an encoder around more of the same. */
export type TemplatePart =
  | { kind: "text"; bytes: Buffer }
  | { kind: "hole"; name: string; plus: number }
  | { kind: "integer"; form: Integer; inner: TemplatePart[] }
  | { kind: "length"; form: Integer; extra: number; separator: string; inner: TemplatePart[] }
  | {
      kind: "field";
      width: number;
      filler: number;
      side: "left" | "right" | "nul";
      inner: TemplatePart[];
    };

const HOLE = /\{(\w+)([+-]\d+)?\}/y;
const ENCODER = /\{([a-z][^:{}]*):/y;
const FIELD = /^(pad|lpad|cstr)(\d+)([^\d]?)$/;
const LENGTH = /^len-([a-z]+\d*(?:be|le)?)([+-]\d+)?([^\w+]*)$/;

const known = new Map<string, TemplatePart[]>();

/** The parts of a template; throws a sentence that says what is wrong with it. */
export function parseTemplate(template: string): TemplatePart[] {
  const found = known.get(template) ?? new Parser(template).all();
  known.set(template, found);
  return found;
}

class Parser {
  #at = 0;

  constructor(readonly template: string) {}

  all(): TemplatePart[] {
    const found = this.#until("");
    if (this.#at < this.template.length) throw new Error(`a } too much in ${this.#shown}`);
    return found;
  }

  get #shown(): string {
    return JSON.stringify(this.template);
  }

  #until(end: string): TemplatePart[] {
    const found: TemplatePart[] = [];
    let text = "";
    const flush = (): void => {
      if (text !== "") found.push({ kind: "text", bytes: Buffer.from(text) });
      text = "";
    };
    while (this.#at < this.template.length && this.template[this.#at] !== "}") {
      const brace = /\{([()])\}/y;
      const literal = this.#take(brace);
      if (literal) text += literal[1] === "(" ? "{" : "}";
      else if (this.template[this.#at] !== "{") text += this.template[this.#at++];
      else {
        flush();
        found.push(this.#hole());
      }
    }
    flush();
    if (end !== "" && this.template[this.#at] !== end)
      throw new Error(`no ${end} closes ${this.#shown}`);
    return found;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.template);
    if (found) this.#at += found[0].length;
    return found;
  }

  #hole(): TemplatePart {
    const hole = this.#take(HOLE);
    if (hole) return { kind: "hole", name: hole[1] ?? "", plus: Number(hole[2] ?? 0) };
    const encoder = this.#take(ENCODER);
    if (!encoder)
      throw new Error(`a { that begins neither a hole nor an encoder in ${this.#shown}`);
    const spec = encoder[1] ?? "";
    if (spec === "bytes") return this.#bytes();
    const inner = this.#until("}");
    this.#at++;
    return coded(spec, inner) ?? this.#unknown(spec);
  }

  #bytes(): TemplatePart {
    const digits = this.#take(/([0-9a-fA-F\s]*)\}/y);
    if (!digits) throw new Error(`{bytes:…} takes pairs of hexadecimal digits in ${this.#shown}`);
    return { kind: "text", bytes: Buffer.from((digits[1] ?? "").replace(/\s/g, ""), "hex") };
  }

  #unknown(spec: string): never {
    throw new Error(
      `no encoder is called ${spec} in ${this.#shown}; there are u8 u16be u32le … dec hex, len-…, pad9 lpad9 cstr9, bytes`,
    );
  }
}

function coded(spec: string, inner: TemplatePart[]): TemplatePart | undefined {
  const form = findIntegerFormat(spec);
  if (form) return { kind: "integer", form, inner };
  const field = FIELD.exec(spec);
  if (field) return fixed(field, inner);
  const length = LENGTH.exec(spec);
  const counted = findIntegerFormat(length?.[1] ?? "");
  if (!length || !counted) return undefined;
  return {
    kind: "length",
    form: counted,
    extra: Number(length[2] ?? 0),
    separator: length[3] ?? "",
    inner,
  };
}

function fixed([, name, width, filler]: RegExpExecArray, inner: TemplatePart[]): TemplatePart {
  const side = name === "lpad" ? "left" : name === "cstr" ? "nul" : "right";
  return { kind: "field", width: Number(width), filler: filler?.charCodeAt(0) || 0, side, inner };
}

/** The names of its holes. */
export function placeholders(template: string): string[] {
  const within = (part: TemplatePart): string[] =>
    part.kind === "hole" ? [part.name] : part.kind === "text" ? [] : part.inner.flatMap(within);
  return parseTemplate(template).flatMap(within);
}
