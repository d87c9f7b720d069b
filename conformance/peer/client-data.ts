// Q as the client has it: accepts it or dials it, more than once if the conversation says so.

import type { CaseContext } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import { isPort } from "../net/ports.ts";
import { dialRepeatedly, type Listener } from "../net/sockets.ts";
import { findReply } from "../dialect/decode.ts";
import { createFrameReader } from "../dialect/framing.ts";
import type { TemplateValues } from "../dialect/template.ts";
import type { Conversation } from "../dialect/types.ts";
import { Cursor } from "./cursor.ts";

export class ClientDataConnection {
  /** The position on the Q that is open. */
  cursor: Cursor | undefined;
  /** The number of connections at the listener that are older than the conversation, or were accepted. */
  #accepted: number;

  constructor(
    readonly context: CaseContext,
    readonly listener: Listener | undefined,
  ) {
    this.#accepted = listener?.connections.length ?? 0;
  }

  get #next(): Connection | undefined {
    return this.listener?.connections[this.#accepted];
  }

  get hasArrived(): boolean {
    return this.#next !== undefined;
  }

  /** The Q that is open, or the one that has just arrived. */
  get connection(): Connection | undefined {
    return this.cursor?.connection ?? this.#next;
  }

  accept(): boolean {
    const connection = this.#next;
    if (!connection) return false;
    this.#accepted++;
    this.cursor = new Cursor(connection);
    return true;
  }

  /** The bytes that neither a step nor an empty frame explains, before a payload is read. */
  findUnexpected({ steps, data }: Conversation, values: TemplateValues): Buffer {
    let rest = this.connection?.bytes.subarray(this.cursor?.position ?? 0) ?? Buffer.alloc(0);
    for (const step of steps) {
      if (!("say" in step) || step.on !== "Q") continue;
      const match = findReply(step, rest.toString("latin1"), values);
      if (match?.start === 0) rest = rest.subarray(match.end);
    }
    if (!data || rest.length === 0) return rest;
    const reader = createFrameReader(data, values);
    reader.read(rest, true);
    return reader.consumed === rest.length ? reader.payload : rest;
  }

  /** Dials Q, against the assignment: some servers want it. */
  async dial(to: { host: string; port: number }, hasFailed: () => boolean): Promise<boolean> {
    if (!isPort(to.port)) return false;
    const connection = await dialRepeatedly(
      this.context.timeline,
      "Q",
      to,
      this.context.timeouts.reply,
      hasFailed,
    );
    if (!connection) return false;
    this.cursor = new Cursor(this.context.own(connection));
    return true;
  }
}
