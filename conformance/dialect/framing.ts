// The frames of a payload, with a reader for each: what marks its end.

import { ChunkedReader } from "./chunked.ts";
import { encodeNumber } from "./encode.ts";
import { FrameReader } from "./frame-reader.ts";
import type { TemplateValues } from "./template.ts";
import type { Data } from "./types.ts";

class CloseReader extends FrameReader {
  read(bytes: Buffer, hasEnded: boolean): void {
    this.content = bytes;
    this.consumed = bytes.length;
    this.isComplete = hasEnded;
  }
}

class SilenceReader extends CloseReader {
  override get payload(): Buffer {
    const payload = super.payload;
    const marker = this.endMarker;
    const isMarked = marker.length > 0 && payload.subarray(-marker.length).equals(marker);
    return isMarked ? payload.subarray(0, -marker.length) : payload;
  }

  override readSilence(): void {
    this.isComplete = true;
  }
}

class SentinelReader extends FrameReader {
  read(bytes: Buffer, hasEnded: boolean): void {
    const marker = this.endMarker;
    // In the middle of a text the marker may be a part of it, so the last one counts.
    const at = bytes.lastIndexOf(marker);
    const isAtEnd = at >= 0 && at + marker.length === bytes.length;
    this.content = at >= 0 && (hasEnded || isAtEnd) ? bytes.subarray(0, at) : bytes;
    this.consumed = isAtEnd || at < 0 ? bytes.length : at + marker.length;
    this.isComplete = isAtEnd || (hasEnded && at >= 0);
  }
}

class LengthReader extends FrameReader {
  read(bytes: Buffer, hasEnded: boolean): void {
    const head = this.#readHead(bytes);
    if (!head) return void (this.content = bytes);
    this.content = bytes.subarray(head.length, head.length + head.size);
    this.consumed = head.length + this.content.length;
    this.isComplete = this.content.length === head.size || (hasEnded && head.size === 0);
  }

  #readHead(bytes: Buffer): { length: number; size: number } | undefined {
    const { prefix, size } = this.data;
    if (!prefix) return { length: 0, size: size ? encodeNumber(size, this.values) : 0 };
    const [head] = new RegExp(prefix.pattern, "y").exec(bytes.toString("latin1", 0, 32)) ?? [];
    return head === undefined ? undefined : { length: head.length, size: prefix.decode(head) };
  }
}

const READERS = {
  close: CloseReader,
  sentinel: SentinelReader,
  length: LengthReader,
  pieces: ChunkedReader,
  silence: SilenceReader,
};

export const createFrameReader = (data: Data, values: TemplateValues): FrameReader =>
  new READERS[data.frame](data, values);
