// The ways in which the end of a payload is told, and the reader for each.

import type { Data } from "./types.ts";
import { encode, type Fill } from "./encode.ts";
import { findIntegerFormat } from "./integer.ts";
import { ChunkedReader } from "./chunked.ts";
import { FrameReader } from "./frame-reader.ts";

class Close extends FrameReader {
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

class Sentinel extends FrameReader {
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

class Length extends FrameReader {
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
    const form = findIntegerFormat(prefix);
    const found = new RegExp(form?.pattern ?? "", "y").exec(bytes.toString("latin1", 0, 32));
    return found && form ? [found[0].length, form.decode(found[0])] : undefined;
  }
}

const READERS = {
  close: Close,
  sentinel: Sentinel,
  length: Length,
  pieces: ChunkedReader,
  silence: Silence,
};

export const frameReaderFor = (data: Data, values: Fill): FrameReader =>
  new READERS[data.frame](data, values);
