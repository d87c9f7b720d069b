// The payload of a conversation, on the connection that carries it.

import type { CaseContext } from "../harness/context.ts";
import type { Timeouts } from "../spec/timeouts.ts";
import type { Connection } from "../net/connection.ts";
import { encodeTemplate } from "../dialect/encode.ts";
import type { FrameReader } from "../dialect/frame-reader.ts";
import { createFrameReader } from "../dialect/framing.ts";
import type { TemplateValues } from "../dialect/template.ts";
import type { Data } from "../dialect/types.ts";
import type { Cursor } from "./cursor.ts";

/** More bytes than any case asks for: some servers never stop. */
const FLOOD = 24 * 1024 * 1024;

export class Payload {
  /** Where the payload begins on its connection. */
  readonly start: number;
  readonly #reader: FrameReader;
  /** The number of pieces that the client has acknowledged. */
  #acknowledged = 0;

  constructor(
    readonly data: Data,
    readonly cursor: Cursor,
    readonly values: TemplateValues,
  ) {
    this.start = cursor.position;
    this.#reader = createFrameReader(data, values);
  }

  get connection(): Connection {
    return this.cursor.connection;
  }

  /** What has arrived of it, without its frame. */
  get bytes(): Buffer {
    this.#read();
    return this.#reader.payload;
  }

  get isComplete(): boolean {
    this.#read();
    return this.#reader.isComplete;
  }

  get isEmpty(): boolean {
    return this.connection.length <= this.start;
  }

  /** Receives the payload until its end, an error, or too long a silence; says whether it is complete. */
  async receive(context: CaseContext, hasError: () => boolean): Promise<boolean> {
    while (!this.isComplete && !this.connection.hasEnded) {
      this.#acknowledge();
      if (await this.#waitForMore(context, hasError)) continue;
      this.#reader.readSilence();
      break;
    }
    // Bytes on P in place of the payload stay unread: they may be an error text.
    if (this.isComplete || this.data.on === "Q")
      this.cursor.position = this.start + this.#reader.consumed;
    return this.isComplete;
  }

  // More may have arrived since the last look.
  #read(): void {
    if (this.#reader.isComplete) return;
    const { bytes, hasEnded } = this.connection;
    this.#reader.read(bytes.subarray(this.start), hasEnded);
  }

  #acknowledge(): void {
    const { ack } = this.data;
    if (!ack) return;
    for (; this.#acknowledged < this.#reader.pieceCount; this.#acknowledged++)
      this.connection.send(encodeTemplate(ack, this.values));
  }

  async #waitForMore(context: CaseContext, hasError: () => boolean): Promise<boolean> {
    const { connection } = this;
    const { length } = connection;
    if (length - this.start > FLOOD) return false;
    const hadError = hasError();
    const hasNews = (): boolean =>
      connection.length > length || connection.hasEnded || (!hadError && hasError());
    return context.waitFor(
      `bytes on ${connection.name}`,
      this.#limit(context.timeouts, hadError),
      hasNews,
    );
  }

  #limit(timeouts: Timeouts, hadError: boolean): number {
    const { ms } = this.data;
    // The first piece may take longer than the pauses between pieces.
    if (ms !== undefined) return ms * timeouts.scale * (this.isEmpty ? 3 : 1);
    return hadError && this.isEmpty ? timeouts.quiet : timeouts.idle;
  }
}
