// Reads what a client sends: the parts of its request, and the option lines that may come first.

import type { CaseContext } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import { isOpenEnded, type Match, matchTemplate } from "../dialect/decode.ts";
import type { Template } from "../dialect/template.ts";
import type { SendStep, Side } from "../dialect/types.ts";
import { Cursor } from "./cursor.ts";

/** A part of a request: a step of the conversation, or an option line with the answer to it. */
export type RequestPart = { values: Match["values"] } & (
  { step: SendStep } | { option: string; answer: Template }
);

interface FoundPart {
  part: RequestPart;
  cursor: Cursor;
  match: Match;
}

export class RequestReader {
  readonly #cursors: Partial<Record<Side, Cursor>>;

  constructor(
    readonly context: CaseContext,
    readonly p: Connection,
  ) {
    this.#cursors = { P: new Cursor(p) };
  }

  /** From now on the client may speak on Q as well. */
  addQ(q: Connection): void {
    this.#cursors.Q = new Cursor(q);
  }

  /** Reads the next part: an option, or the first of these steps that matches; nothing if the client sends none. */
  async read(steps: readonly SendStep[]): Promise<RequestPart | undefined> {
    const find = (): FoundPart | undefined => this.#findOption() ?? this.#findStep(steps);
    const isOver = (): boolean => find() !== undefined || this.p.hasEnded;
    await this.context.waitFor("a request on P", this.context.timeouts.reply, isOver);
    const first = find();
    if (first && "step" in first.part && isOpenEnded(first.part.step.send, this.#values))
      await first.cursor.waitUntilStill(this.context);
    const next = find();
    next?.cursor.advance(next.match);
    return next?.part;
  }

  get #values(): Record<string, string> {
    return this.context.dialect.values ?? {};
  }

  #findStep(steps: readonly SendStep[]): FoundPart | undefined {
    for (const step of steps) {
      const cursor = this.#cursors[step.on ?? "P"];
      const match = cursor && matchTemplate(step.send, cursor.unreadText, this.#values);
      if (match) return { part: { step, values: match.values }, cursor, match };
    }
    return undefined;
  }

  #findOption(): FoundPart | undefined {
    const cursor = this.#cursors.P;
    for (const { heard, say } of this.context.dialect.options ?? []) {
      const match = cursor && matchTemplate(heard, cursor.unreadText);
      if (!match) continue;
      const option = cursor.unreadText.slice(0, match.end);
      return { part: { option, answer: say, values: match.values }, cursor, match };
    }
    return undefined;
  }
}
