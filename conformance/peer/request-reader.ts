// What a client has said so far, told by the steps of a dialect that are the client's.

import type { CaseContext } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import { openEnded, read, type Reading } from "../dialect/decode.ts";
import type { Dialect, CommandKind, Side, Step } from "../dialect/types.ts";
import type { Fill } from "../dialect/encode.ts";
import { Cursor } from "./cursor.ts";
export type Sent = Extract<Step, { send: string }>;

export class RequestReader {
  /** What the client has filled the dialect's templates with. */
  values: Fill = {};
  /** Lines that it sent before its command. */
  readonly options: string[] = [];
  readonly #heard: Record<Side, Cursor | undefined>;

  constructor(
    readonly context: CaseContext,
    p: Connection,
    /** Says on P what answers such a line. */
    readonly answer: (template: string) => void,
  ) {
    this.#heard = { P: new Cursor(p), Q: undefined };
  }

  get dialect(): Dialect {
    return this.context.dialect;
  }

  /** From now on it may speak on Q as well. */
  open(q: Connection): void {
    this.#heard.Q = new Cursor(q);
  }

  /** Waits until one of the kinds that are possible has said its part; says which remain. */
  async hear(kinds: readonly CommandKind[], at: number): Promise<CommandKind[]> {
    const steps = kinds.flatMap((kind) => {
      const step = this.dialect[kind]?.steps[at];
      return step && "send" in step ? [{ kind, step }] : [];
    });
    const first = (): Sent | undefined => steps.find(({ step }) => this.#found(step))?.step;
    await this.#await("a command on P", () => first() !== undefined);
    const step = first();
    if (!step || !(await this.hears(step))) return [];
    return steps.filter((each) => Bun.deepEquals(each.step, step)).map(({ kind }) => kind);
  }

  /** Waits for what the template describes; options that may come first are answered. */
  async hears(step: Sent): Promise<boolean> {
    await this.#await("a word on P", () => this.#found(step) !== undefined);
    if (openEnded(step.send, this.dialect.values)) await this.#still();
    const found = this.#found(step);
    if (!found) return false;
    this.#heard[step.on ?? "P"]?.take({ at: 0, ...found });
    this.values = { ...this.values, ...found.values };
    return true;
  }

  async #await(what: string, came: () => boolean): Promise<void> {
    const over = (): boolean => this.#heard.P?.channel.hasEnded ?? true;
    await this.context.waitFor(what, this.context.timeouts.reply, () => came() || over());
  }

  #found({ send, on = "P" }: Sent): Reading | undefined {
    while (this.#option()) continue;
    return read(send, this.#heard[on]?.rest ?? "", this.dialect.values);
  }

  // Where no end is marked, the rest of a text may still be on its way.
  async #still(): Promise<void> {
    const { P, Q } = this.#heard;
    const length = (): number => (P?.channel.length ?? 0) + (Q?.channel.length ?? 0);
    const before = length();
    await this.context.happensWithin(() => length() > before, this.context.timeouts.quiet / 5);
  }

  #option(): boolean {
    const hearing = this.#heard.P;
    for (const { heard, say } of this.dialect.options ?? []) {
      const match = hearing && read(heard, hearing.rest);
      if (!match) continue;
      this.options.push(hearing.rest.slice(0, match.end));
      hearing.take({ at: 0, ...match });
      this.values = { ...this.values, ...match.values };
      this.answer(say);
      return true;
    }
    return false;
  }
}
