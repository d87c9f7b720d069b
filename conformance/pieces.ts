// A payload that comes in blocks, packets or messages, until a last one, a number of them, or the end.

import { read } from "./decode.ts";
import { encode } from "./encode.ts";
import { Reader } from "./reader.ts";

export class Pieces extends Reader {
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
