// What is asked for, as it comes in: its frame taken off, and its end recognised.

import type { Data } from "./dialect.ts";
import { encode, type Fill } from "./encode.ts";
import { read } from "./decode.ts";
import { integer } from "./integer.ts";

export abstract class Reader {
  /** The bytes without their frame. */
  protected content: Buffer = Buffer.alloc(0);
  /** Nothing more belongs to it. */
  whole = false;
  /** How many bytes of the connection it has explained. */
  used = 0;
  /** How many pieces have come. */
  pieces = 0;

  constructor(
    readonly data: Data,
    readonly values: Fill,
  ) {}

  /** Looks at all that has come so far; `over` says that no more will. */
  abstract read(bytes: Buffer, over: boolean): void;

  /** Nothing has come for a while: only silence takes that for the end. */
  silent(): void {}

  /** What it comes to, once what does not count is taken out. */
  get payload(): Buffer {
    const { remove = [], extract } = this.data;
    if (remove.length === 0 && extract === undefined) return this.content;
    let text = this.content.toString("latin1");
    for (const pattern of remove) text = text.replace(new RegExp(pattern, "g"), "");
    if (extract !== undefined)
      text = [...text.matchAll(new RegExp(extract, "g"))]
        .map(([all, group]) => group ?? all)
        .join("\n");
    return Buffer.from(text, "latin1");
  }
}

class Close extends Reader {
  read(bytes: Buffer, over: boolean): void {
    this.content = bytes;
    this.used = bytes.length;
    this.whole = over;
  }
}

class Silence extends Close {
  override get payload(): Buffer {
    const end = encode(this.data.end ?? "", this.values);
    const all = super.payload;
    return end.length > 0 && all.lastIndexOf(end) === all.length - end.length
      ? all.subarray(0, -end.length)
      : all;
  }

  override silent(): void {
    this.whole = true;
  }
}

class Sentinel extends Reader {
  read(bytes: Buffer, over: boolean): void {
    const end = encode(this.data.end ?? "", this.values);
    // In the midst of a text the marker may be a part of it, so the last one counts.
    const at = bytes.lastIndexOf(end);
    const atEnd = at >= 0 && at + end.length === bytes.length;
    this.content = at >= 0 && (over || atEnd) ? bytes.subarray(0, at) : bytes;
    this.used = atEnd || at < 0 ? bytes.length : at + end.length;
    this.whole = atEnd || (over && at >= 0);
  }
}

class Length extends Reader {
  read(bytes: Buffer, over: boolean): void {
    const head = this.#head(bytes);
    if (!head) return void (this.content = bytes);
    const [from, size] = head;
    this.content = bytes.subarray(from, from + size);
    this.used = from + this.content.length;
    this.whole = this.content.length === size || (over && size === 0);
  }

  #head(bytes: Buffer): [from: number, size: number] | undefined {
    const { prefix, size } = this.data;
    if (prefix === undefined) return [0, Number(encode(size ?? "", this.values).toString())];
    const form = integer(prefix);
    const found = new RegExp(form?.pattern ?? "", "y").exec(bytes.toString("latin1", 0, 32));
    return found && form ? [found[0].length, form.decode(found[0])] : undefined;
  }
}

class Pieces extends Reader {
  readonly #parts: Buffer[] = [];

  read(bytes: Buffer, over: boolean): void {
    const text = bytes.toString("latin1");
    while (!this.whole && this.used < text.length && this.#next(text, over));
    this.content = Buffer.concat(this.#parts);
    this.whole ||=
      this.#enough() || (over && this.data.end === undefined && this.used === text.length);
  }

  #next(text: string, over: boolean): boolean {
    const { end, piece = "", first } = this.data;
    const ended = end === undefined ? undefined : read(end, text, this.values, this.used);
    if (ended && (piece !== "{data}" || ended.end === text.length)) {
      this.used = ended.end;
      return !(this.whole = true);
    }
    if (piece === "{data}") return this.#bare(text);
    const opening = first !== undefined && this.pieces === 0;
    const found = read(opening ? first : piece, text, this.values, this.used);
    if (!found) return this.#last(text, over);
    this.#take(opening ? undefined : found.values["data"], found.end);
    return !this.#enough();
  }

  // Without a frame of its own a piece is whatever came at once, and the end marker may stick to it.
  #bare(text: string): boolean {
    const end = encode(this.data.end ?? "", this.values).toString("latin1");
    const rest = text.slice(this.used);
    const last = end !== "" && rest.endsWith(end);
    this.#take(last ? rest.slice(0, rest.length - end.length) : rest, text.length);
    if (last) this.whole = true;
    return false;
  }

  // The last of several blocks of one width may be shorter than the others.
  #last(text: string, over: boolean): boolean {
    const { piece = "", end = "" } = this.data;
    if (!piece.startsWith("{pad") && !piece.startsWith("{cstr")) return false;
    const marker = encode(end, this.values).toString("latin1");
    const rest = text.slice(this.used);
    const marked = marker !== "" && rest.endsWith(marker);
    if (!marked && !over) return false;
    this.#take(
      rest.slice(0, rest.length - (marked ? marker.length : 0)).replace(/\0+$/, ""),
      text.length,
    );
    this.whole = marked || end === "";
    return false;
  }

  #take(data: string | undefined, end: number): void {
    this.pieces++;
    this.used = end;
    if (data === undefined) return;
    if (this.data.of === "name" && this.#parts.length > 0) this.#parts.push(Buffer.from("\n"));
    this.#parts.push(Buffer.from(data, "latin1"));
  }

  #enough(): boolean {
    const { count, size } = this.data;
    if (count !== undefined && this.pieces >= count) return true;
    if (size === undefined) return false;
    const got = this.#parts.reduce((sum, part) => sum + part.length, 0);
    return got >= Number(encode(size, this.values).toString());
  }
}

const READERS = {
  close: Close,
  sentinel: Sentinel,
  length: Length,
  pieces: Pieces,
  silence: Silence,
};

export const reader = (data: Data, values: Fill): Reader => new READERS[data.frame](data, values);
