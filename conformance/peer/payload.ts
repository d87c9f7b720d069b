// What was asked for, on the connection that brings it: how far it has come, and what it comes to.

import type { Connection } from "../net/connection.ts";
import type { Data } from "../dialect/types.ts";
import { encode, type Fill } from "../dialect/encode.ts";
import type { Cursor } from "./cursor.ts";
import { frameReaderFor } from "../dialect/framing.ts";
import type { FrameReader } from "../dialect/frame-reader.ts";

export class Payload {
  /** How far the conversation was there when it began. */
  readonly from: number;
  readonly #reader: FrameReader;
  /** How many of its pieces have been acknowledged. */
  #answered = 0;

  constructor(
    readonly data: Data,
    readonly carrier: Cursor,
    readonly values: Fill,
  ) {
    this.from = carrier.understood;
    this.#reader = frameReaderFor(data, values);
  }

  get channel(): Connection {
    return this.carrier.channel;
  }

  /** What has come of it, without its framing. */
  get payload(): Buffer {
    this.#look();
    return this.#reader.payload;
  }

  get whole(): boolean {
    this.#look();
    return this.#reader.whole;
  }

  /** Whether none of it has come yet. */
  get awaited(): boolean {
    return this.channel.length <= this.from;
  }

  get onP(): boolean {
    return this.data.on === "P";
  }

  /** Nothing has come for a while. */
  silent(): void {
    this.#reader.silent();
  }

  /** Answers each piece that has come since the last time, where the dialect wants that. */
  answer(): void {
    const { ack } = this.data;
    if (ack === undefined) return;
    for (; this.#answered < this.#reader.pieces; this.#answered++)
      this.channel.send(encode(ack, this.values));
  }

  /** The conversation goes on behind it. What came on P in its place is still to be explained: it may be an error. */
  settle(): void {
    if (this.whole || !this.onP) this.carrier.understood = this.from + this.#reader.used;
  }

  // More may have come since the last look.
  #look(): void {
    if (this.#reader.whole) return;
    this.#reader.read(this.channel.bytes.subarray(this.from), this.channel.hasEnded);
  }
}
