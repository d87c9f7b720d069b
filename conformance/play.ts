// The suite as the server: it plays one conversation, so that a client can be judged.

import { type Attempt, HOST } from "./attempt.ts";
import { show } from "./bytes.ts";
import { Channel } from "./channel.ts";
import { type Fill, fill, type Kind, pattern, type Step } from "./dialect.ts";
import { frame } from "./frames.ts";
import { POLL, REPLY_LIMIT } from "./patience.ts";
import { isListened } from "./processes.ts";
import type { Program } from "./program.ts";
import { dial } from "./wire.ts";
import { applies, need } from "./verdict.ts";

/** A client may listen after it has asked: the network of a campus gave it this long. */
const DIAL_TRIES = 250;

export interface Script {
  kind: Kind;
  payload?: Uint8Array;
  /** The text of the error with which the suite answers instead of a payload. */
  error?: string;
  /** Takes over once the command has come: the conversation goes no further. */
  atCommand?: (play: Play) => Promise<void>;
  /** Takes over once Q is open and announced, in place of the payload. */
  atData?: (play: Play, q: Channel) => Promise<void>;
}

export class Play {
  q: Channel | undefined;
  /** What the client has filled the dialect's templates with. */
  values: Fill = {};
  /** Lines that it sent before its command. */
  readonly options: string[] = [];
  /** How much of what came on P has been understood. */
  understood = 0;

  constructor(
    readonly attempt: Attempt,
    readonly program: Program,
    readonly p: Channel,
    readonly script: Script,
  ) {}

  get rest(): string {
    return this.p.text.slice(this.understood);
  }

  get payload(): Uint8Array {
    return this.script.payload ?? new Uint8Array(0);
  }

  say(template: string): void {
    this.p.send(
      fill(template, { ...this.values, ...this.#known(), text: this.script.error ?? "" }),
    );
  }

  #known(): Fill {
    const hash = new Bun.CryptoHasher("sha256").update(this.payload).digest("hex");
    const asked = this.options.some((line) => line.startsWith("HASH"));
    const qport = this.q?.local.port ?? 0;
    return { size: this.payload.length, qport, hash: asked ? ` sha256=${hash}` : "" };
  }

  /** Waits for what the template describes; options that may come first are answered. */
  async hear(template: string): Promise<boolean> {
    const wanted = pattern(template);
    const heard = (): boolean => {
      while (this.#option()) continue;
      return wanted.test(this.rest);
    };
    await this.attempt.within("a command on P", REPLY_LIMIT, () => heard() || this.p.over);
    const match = wanted.exec(this.rest);
    if (!match) return false;
    this.understood += match[0].length;
    this.values = { ...this.values, ...match.groups };
    return true;
  }

  #option(): boolean {
    for (const { heard, say } of this.attempt.dialect.options ?? []) {
      const match = pattern(heard).exec(this.rest);
      if (!match) continue;
      this.understood += match[0].length;
      this.options.push(match[0]);
      this.values = { ...this.values, ...match.groups };
      this.say(say);
      return true;
    }
    return false;
  }

  /** Dials Q as soon as the client listens, and tries again if it does not yet. */
  async dialQ(from?: string): Promise<Channel> {
    const port = Number(this.values["dport"]);
    const end = performance.now() + REPLY_LIMIT;
    const soon = performance.now() + DIAL_TRIES;
    while (!isListened(port) && performance.now() < soon) await Bun.sleep(POLL);
    for (;;) {
      const made = await dial(this.attempt.timeline, "Q", {
        host: HOST,
        port,
        ...(from ? { from } : {}),
      });
      if (made instanceof Channel) return (this.q = this.attempt.hold(made));
      const left = performance.now() < end && !this.program.exited;
      need(left, "S6.2", `nobody listens on the data port ${port}`);
      await Bun.sleep(DIAL_TRIES);
    }
  }

  async run(): Promise<this> {
    const { errors } = this.attempt.dialect;
    const { steps, data, after = [] } = this.conversation;
    const refusal = this.script.error === undefined ? undefined : errors.missing;
    const asked = steps.findLastIndex((step) => "send" in step);
    const opened = steps.findIndex((step) => "q" in step);
    for (const [at, step] of steps.entries()) {
      if (refusal && at > Math.max(asked, refusal.q ? opened : -1)) break;
      if (!(await this.#take(step))) return this;
      if (at === asked && this.script.atCommand) return this.#handOver(this.script.atCommand);
    }
    if (refusal) return this.#refuse(refusal.say);
    if (this.script.atData && this.q) await this.script.atData(this, this.q);
    else if (data) await this.#deliver(data.frame, after);
    return this;
  }

  get conversation() {
    const found = this.attempt.dialect[this.script.kind];
    applies(found !== undefined, `the dialect has no ${this.script.kind}`);
    return found;
  }

  async #handOver(taker: (play: Play) => Promise<void>): Promise<this> {
    await taker(this);
    return this;
  }

  async #take(step: Step): Promise<boolean> {
    if ("send" in step) return this.hear(step.send);
    if ("q" in step) await this.dialQ();
    else if ("expect" in step) this.say(step.say ?? step.expect);
    return true;
  }

  #refuse(text: string): this {
    this.say(text);
    this.q?.finish();
    return this;
  }

  async #deliver(name: string, after: readonly Step[]): Promise<void> {
    this.q?.send(frame(name).wrapped(this.payload));
    this.q?.finish();
    for (const step of after) if (!(await this.#take(step))) return;
  }
}

/** What the client sent, for a message. */
export const sent = (play: Play): string => `on P it sent ${show(play.p.text)}`;
