// What one conversation with a server has come to, as far as it has gone.

import type { CaseContext } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Payload } from "./payload.ts";
import type { Connection } from "../net/connection.ts";
import { findErrorText, findDeclaredError, type DeclaredError } from "./error-text.ts";
import type { Conversation, CommandKind, Say } from "../dialect/types.ts";
import type { Fill } from "../dialect/encode.ts";
import { Cursor, findText } from "./cursor.ts";
import { frameReaderFor } from "../dialect/framing.ts";
import { applies } from "../spec/verdict.ts";
import type { Listener } from "../net/sockets.ts";

export abstract class Findings {
  /** What stopped the conversation, where it did not go through. */
  stopReason: string | undefined;
  /** What the dialect does not explain, in words. */
  readonly unexplained: string[] = [];
  protected readonly onP: Cursor;
  protected onQ: Cursor | undefined;
  /** How many of the connections at the door were there before, or are taken. */
  protected taken: number;
  /** What was asked for, once it may come. */
  protected cargo: Payload | undefined;
  /** The error on P, once it is understood. */
  protected failing: DeclaredError | undefined;

  constructor(
    readonly context: CaseContext,
    readonly kind: CommandKind,
    readonly p: Connection,
    readonly door: Listener | undefined,
    public values: Fill,
  ) {
    this.onP = new Cursor(p);
    this.taken = door?.connections.length ?? 0;
  }

  get conversation(): Conversation {
    const found = this.context.dialect[this.kind];
    applies(found !== undefined, `the dialect does not say how ${this.kind} is asked`);
    return found;
  }

  /** The last Q that was opened, whoever did it. */
  get q(): Connection | undefined {
    return this.onQ?.channel ?? this.door?.connections[this.taken];
  }

  /** What was asked for, without its framing. */
  get payload(): Buffer {
    return this.cargo?.payload ?? this.q?.bytes ?? Buffer.alloc(0);
  }

  get isComplete(): boolean {
    return this.cargo?.whole ?? this.q?.hasEnded ?? false;
  }

  /** The text on P that the conversation does not explain. */
  get unreadText(): string {
    return this.onP.rest;
  }

  /** The error on P, if there is one. */
  get error(): string | undefined {
    // Once a file has begun on P, its words are not the server's.
    const carrying = this.cargo?.onP ?? false;
    if (this.failing) return this.failing.text;
    return findErrorText(this.context.dialect, this.unreadText, this.values, carrying);
  }

  /** An error that came on Q, where the dialect says that this server does that. */
  get errorOnQ(): string | undefined {
    const carried = this.cargoOnQ?.payload.toString("latin1");
    return findDeclaredError(
      this.context.dialect,
      "Q",
      carried || (this.onQ?.rest ?? ""),
      this.values,
    )?.text;
  }

  /** How many bytes on Q belong to the conversation and not to what was asked for. */
  get spokenOnQ(): number {
    return this.cargoOnQ?.from ?? this.onQ?.understood ?? 0;
  }

  private get cargoOnQ(): Payload | undefined {
    return this.cargo?.carrier === this.onQ ? this.cargo : undefined;
  }

  /** What came on Q beside the conversation and the frame around nothing at all. */
  get unexpectedOnQ(): Buffer {
    const bytes = this.q?.bytes ?? Buffer.alloc(0);
    if (this.cargoOnQ) return this.payload;
    const { steps, data } = this.conversation;
    let rest = bytes.subarray(this.spokenOnQ);
    for (const step of steps.filter((each) => "on" in each && each.on === "Q")) {
      const found =
        "send" in step ? undefined : findText(step as Say, rest.toString("latin1"), this.values);
      if (found?.at === 0) rest = rest.subarray(found.end);
    }
    if (!data || rest.length === 0) return rest;
    const reading = frameReaderFor(data, this.values);
    reading.read(rest, true);
    return reading.used === rest.length ? reading.payload : rest;
  }

  /** What came instead of an error on P, for a message. */
  get description(): string {
    const onQ = this.q?.length ? `, and ${show(this.q.bytes)} on Q` : "";
    return `${this.p.description}${onQ}`;
  }
}
