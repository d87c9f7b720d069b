// Reads a payload out of its frame: what every frame has in common.

import { encodeTemplate } from "./encode.ts";
import type { TemplateValues } from "./template.ts";
import type { Data } from "./types.ts";

export abstract class FrameReader {
  /** The bytes without their frame. */
  protected content: Buffer = Buffer.alloc(0);
  /** Whether all of the payload has arrived. */
  isComplete = false;
  /** The number of bytes that belong to the frame. */
  consumed = 0;
  /** The number of pieces that have arrived. */
  pieceCount = 0;

  constructor(
    readonly data: Data,
    readonly values: TemplateValues,
  ) {}

  /** Reads all bytes that have arrived so far. */
  abstract read(bytes: Buffer, hasEnded: boolean): void;

  /** The connection has been silent for a while; only one frame ends with silence. */
  readSilence(): void {}

  /** The marker that ends the payload; empty if the frame has none. */
  protected get endMarker(): Buffer {
    return this.data.end ? encodeTemplate(this.data.end, this.values) : Buffer.alloc(0);
  }

  /** The payload, without what does not count. */
  get payload(): Buffer {
    const { remove = [], extract } = this.data;
    if (remove.length === 0 && extract === undefined) return this.content;
    let text = this.content.toString("latin1");
    for (const pattern of remove) text = text.replace(pattern, "");
    if (extract)
      text = [...text.matchAll(extract)].map(([match, group]) => group ?? match).join("\n");
    return Buffer.from(text, "latin1");
  }
}
