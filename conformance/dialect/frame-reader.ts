// What is asked for, as it comes in: the part that is the same however its end is told.

import type { Data } from "./types.ts";
import type { Fill } from "./encode.ts";

export abstract class FrameReader {
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
