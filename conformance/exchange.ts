// The suite as the client: one conversation with a server, as the dialect describes it.

import type { Attempt } from "./attempt.ts";
import { show } from "./bytes.ts";
import type { Channel } from "./channel.ts";
import { type Conversation, type Fill, fill, type Kind, type Step } from "./dialect.ts";
import { frame } from "./frames.ts";
import { IDLE_LIMIT, QUIET, REPLY_LIMIT } from "./patience.ts";
import type { Door } from "./wire.ts";
import { applies } from "./verdict.ts";

/** What makes a text on P an error, whatever its form: a code as in RFC 959, or such a word. */
const SOUNDS_BAD =
  /^[45]\d\d\b|error|not? (such|found)|invalid|unknown|can ?not|could ?n.?t|denied|fail|does ?n.?t|not exist|unrecogni[sz]ed|\bbad\b|usage/im;

export class Exchange {
  /** How much of P's text the conversation has explained. */
  explained = 0;
  /** What stopped the conversation, where it did not go through. */
  stuck: string | undefined;

  constructor(
    readonly attempt: Attempt,
    readonly kind: Kind,
    readonly p: Channel,
    readonly door: Door | undefined,
    readonly values: Fill,
  ) {}

  get conversation(): Conversation {
    const found = this.attempt.dialect[this.kind];
    applies(found !== undefined, `the dialect does not say how ${this.kind} is asked`);
    return found;
  }

  get q(): Channel | undefined {
    return this.door?.first;
  }

  /** What came on Q, without its framing. */
  get payload(): Buffer {
    return frame(this.conversation.data?.frame).payload(this.q?.bytes ?? Buffer.alloc(0));
  }

  get whole(): boolean {
    const { q } = this;
    if (!q) return false;
    return q.over || frame(this.conversation.data?.frame).complete(q.bytes);
  }

  /** The text on P that the conversation does not explain. */
  get rest(): string {
    return this.p.text.slice(this.explained);
  }

  /** The error on P, if there is one. */
  get error(): string | undefined {
    const { errors } = this.attempt.dialect;
    const known = [errors.missing.match, errors.invalid.match].filter(
      (match) => match !== undefined,
    );
    const found = known.map((match) => new RegExp(match, "m").exec(this.rest)?.[0]).find(Boolean);
    return found ?? (SOUNDS_BAD.test(this.rest) ? this.rest : undefined);
  }

  /** Goes through the steps until they end, or an error or silence ends them. */
  async run(): Promise<this> {
    const { steps, data, after } = this.conversation;
    const carried = (await this.#all(steps)) && data !== undefined && (await this.#payload());
    if (carried && after) await this.#all(after);
    // The text of a refusal may come with the end of Q, or shortly after it.
    if (!carried && !this.p.over) await this.#settled();
    return this;
  }

  async #all(steps: readonly Step[]): Promise<boolean> {
    for (const step of steps) {
      if (await this.#take(step)) continue;
      this.stuck ??= `after ${show(this.p.text)} on P, at the step ${JSON.stringify(step)}`;
      return false;
    }
    return true;
  }

  async #take(step: Step): Promise<boolean> {
    if ("sleep" in step) return Bun.sleep(step.sleep).then(() => true);
    if ("send" in step) {
      this.p.send(fill(step.send, this.values));
      return true;
    }
    if ("q" in step) return this.#dialled();
    return this.#heard(new RegExp(step.expect, "m"));
  }

  async #dialled(): Promise<boolean> {
    const came = (): boolean => this.q !== undefined;
    await this.#wait("Q", came);
    // P may end before Q is seen: that says nothing about Q yet.
    return came() || (this.p.over && this.attempt.happens(came, 2 * QUIET));
  }

  async #heard(wanted: RegExp): Promise<boolean> {
    const match = (): RegExpExecArray | null => wanted.exec(this.rest);
    await this.#wait("a reply on P", () => match() !== null);
    const found = match();
    if (found) this.explained += found.index + found[0].length;
    return found !== null;
  }

  async #wait(what: string, check: () => boolean): Promise<void> {
    const over = (): boolean => check() || this.error !== undefined || this.p.over;
    await this.attempt.within(what, REPLY_LIMIT, over);
  }

  async #payload(): Promise<boolean> {
    let length = -1;
    while (!this.whole && (this.q?.length ?? 0) > length) {
      length = this.q?.length ?? 0;
      const moved = (): boolean => this.whole || (this.q?.length ?? 0) > length;
      await this.attempt.within("bytes on Q", IDLE_LIMIT, moved);
    }
    return this.whole;
  }

  async #settled(): Promise<void> {
    await this.attempt.within("a reply on P", REPLY_LIMIT, () => this.rest !== "" || this.p.over);
    await this.attempt.happens(() => this.p.over, QUIET / 3);
  }

  /** What a client does in the end: it closes P, and Q if that is still there. */
  leave(): void {
    this.q?.close();
    this.p.close();
  }
}
