// Reads a payload in pieces: blocks, packets or messages, until a last one, a number of them, or the end.

import { type Match, matchTemplate } from "./decode.ts";
import { encodeNumber } from "./encode.ts";
import { FrameReader } from "./frame-reader.ts";
import type { Template } from "./template.ts";

export class ChunkedReader extends FrameReader {
  readonly #pieces: Buffer[] = [];
  /** The bytes in all pieces together. */
  #size = 0;
  /** Where the text of this read begins: consumed bytes are not read again for each piece. */
  #base = 0;

  read(bytes: Buffer, hasEnded: boolean): void {
    this.#base = this.consumed;
    const text = bytes.toString("latin1", this.#base);
    while (!this.isComplete && this.consumed < bytes.length && this.#readPiece(text, hasEnded));
    const isCutAtEnd = hasEnded && !this.data.end && this.consumed === bytes.length;
    this.isComplete ||= this.#hasEnough() || isCutAtEnd;
  }

  override get payload(): Buffer {
    this.content = Buffer.concat(this.#pieces);
    return super.payload;
  }

  get #at(): number {
    return this.consumed - this.#base;
  }

  #match(template: Template, text: string): Match | undefined {
    return matchTemplate(template, text, this.values, this.#at);
  }

  /** Reads one piece; false if there is no further piece in the text. */
  #readPiece(text: string, hasEnded: boolean): boolean {
    const { end, piece, first } = this.data;
    const isBare = !piece || piece.source === "{data}";
    const marker = end && this.#match(end, text);
    if (marker && (!isBare || marker.end === text.length)) {
      this.consumed = this.#base + marker.end;
      this.isComplete = true;
      return false;
    }
    if (isBare) return this.#readBare(text);
    const opening = this.pieceCount === 0 ? first : undefined;
    const match = this.#match(opening ?? piece, text);
    if (!match) return this.#readShortPiece(piece, text, hasEnded);
    this.#add(opening ? undefined : match.values["data"], match.end);
    return !this.#hasEnough();
  }

  // Without a frame of its own a piece is what arrived at once, and the end marker may follow in it.
  #readBare(text: string): false {
    const { content, isMarked } = this.#splitMarker(text);
    // What comes behind the announced size is no part of it, whether it comes in the same segment or later.
    const surplus = isMarked ? 0 : Math.max(0, content.length - this.#missing);
    this.#add(content.slice(0, content.length - surplus), text.length - surplus);
    if (isMarked) this.isComplete = true;
    return false;
  }

  /** How many bytes of the announced size have not come yet. */
  get #missing(): number {
    const { size } = this.data;
    if (size === undefined || this.endMarker.length > 0) return Infinity;
    return Math.max(0, encodeNumber(size, this.values) - this.#size);
  }

  // The last of several blocks of one width may be shorter than the others.
  #readShortPiece({ parts: [field] }: Template, text: string, hasEnded: boolean): false {
    if (field?.kind !== "field" || field.align === "right") return false;
    const { content, isMarked } = this.#splitMarker(text);
    if (!isMarked && !hasEnded) return false;
    this.#add(content.replace(/\0+$/, ""), text.length);
    this.isComplete = isMarked || this.endMarker.length === 0;
    return false;
  }

  /** The rest of the text without the end marker. */
  #splitMarker(text: string): { content: string; isMarked: boolean } {
    const marker = this.endMarker.toString("latin1");
    const rest = text.slice(this.#at);
    const isMarked = marker !== "" && rest.endsWith(marker);
    return { content: isMarked ? rest.slice(0, -marker.length) : rest, isMarked };
  }

  #add(content: string | undefined, end: number): void {
    this.pieceCount++;
    this.consumed = this.#base + end;
    if (content === undefined) return;
    if (this.data.of === "name" && this.#pieces.length > 0) this.#pieces.push(Buffer.from("\n"));
    this.#pieces.push(Buffer.from(content, "latin1"));
    this.#size += content.length;
  }

  #hasEnough(): boolean {
    const { count, size } = this.data;
    if (count !== undefined && this.pieceCount >= count) return true;
    return size !== undefined && this.#size >= encodeNumber(size, this.values);
  }
}
