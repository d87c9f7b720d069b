// A payload that comes in blocks, packets or messages, until a last one, a number of them, or the end.

import { read } from "./decode.ts";
import { encode } from "./encode.ts";
import { FrameReader } from "./frame-reader.ts";

export class ChunkedReader extends FrameReader {
  readonly #parts: Buffer[] = [];
  /** How many bytes they are together. */
  #got = 0;
  /** Where the text begins that is looked at: what is used up is not read again for each piece. */
  #base = 0;

  read(bytes: Buffer, over: boolean): void {
    this.#base = this.used;
    const text = bytes.toString("latin1", this.#base);
    while (!this.whole && this.used < bytes.length && this.#next(text, over));
    this.whole ||=
      this.#enough() || (over && this.data.end === undefined && this.used === bytes.length);
  }

  override get payload(): Buffer {
    this.content = Buffer.concat(this.#parts);
    return super.payload;
  }

  get #at(): number {
    return this.used - this.#base;
  }

  #next(text: string, over: boolean): boolean {
    const { end, piece = "", first } = this.data;
    const ended = end === undefined ? undefined : read(end, text, this.values, this.#at);
    if (ended && (piece !== "{data}" || ended.end === text.length)) {
      this.used = this.#base + ended.end;
      return !(this.whole = true);
    }
    if (piece === "{data}") return this.#bare(text);
    const opening = first !== undefined && this.pieces === 0;
    const found = read(opening ? first : piece, text, this.values, this.#at);
    if (!found) return this.#last(text, over);
    this.#take(opening ? undefined : found.values["data"], found.end);
    return !this.#enough();
  }

  // Without a frame of its own a piece is whatever came at once, and the end marker may stick to it.
  #bare(text: string): boolean {
    const end = encode(this.data.end ?? "", this.values).toString("latin1");
    const rest = text.slice(this.#at);
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
    const rest = text.slice(this.#at);
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
    this.used = this.#base + end;
    if (data === undefined) return;
    if (this.data.of === "name" && this.#parts.length > 0) this.#parts.push(Buffer.from("\n"));
    this.#parts.push(Buffer.from(data, "latin1"));
    this.#got += data.length;
  }

  #enough(): boolean {
    const { count, size } = this.data;
    if (count !== undefined && this.pieces >= count) return true;
    if (size === undefined) return false;
    return this.#got >= Number(encode(size, this.values).toString());
  }
}
