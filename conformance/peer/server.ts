// The suite as the server: it plays one conversation, so that a client can be judged.

import type { CaseContext } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Connection } from "../net/connection.ts";
import type { Conversation, CommandKind } from "../dialect/types.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { applies } from "../spec/verdict.ts";
import { asked, refusedAt } from "../dialect/steps.ts";
import { Voice } from "./voice.ts";
import type { Listener } from "../net/sockets.ts";

export interface Script {
  kind: CommandKind;
  payload?: Uint8Array;
  /** The text of the error with which the suite answers instead of a payload. */
  error?: string;
  /** Takes over once the command has come: the conversation goes no further. */
  atCommand?: (play: DialectServer) => Promise<void>;
  /** Takes over once Q is open and announced, in place of the payload. */
  atData?: (play: DialectServer, q: Connection) => Promise<void>;
}

export class DialectServer extends Voice {
  /** Whether the whole command has come. */
  hasRequest = false;

  constructor(
    context: CaseContext,
    readonly program: SubjectProcess,
    p: Connection,
    readonly script: Script,
    door?: Listener,
  ) {
    super(context, p, door);
  }

  override get payload(): Uint8Array {
    return this.script.payload ?? new Uint8Array(0);
  }

  override get gone(): boolean {
    return this.p.hasEnded || this.program.exited !== undefined;
  }

  get conversation(): Conversation {
    const found = this.dialect[this.script.kind];
    applies(found !== undefined, `the dialect has no ${this.script.kind}`);
    return found;
  }

  async run(): Promise<this> {
    const { kind, error, atCommand } = this.script;
    const { steps } = this.conversation;
    const { what, end } = this.#ending();
    for (const [at, step] of steps.slice(0, end).entries()) {
      const heard = "send" in step ? await this.hear([kind], at) : undefined;
      if (heard?.length === 0 || !(await this.speak(step))) return this;
      this.hasRequest ||= at === asked(this.conversation);
      if (at === asked(this.conversation) && atCommand) return this.#handOver(atCommand);
    }
    if (error === undefined) await this.#carry();
    else await this.refuse(this.dialect.errors[what], error);
    return this;
  }

  // An error about a list is one about the command, where the dialect knows the place of such a one.
  #ending(): { what: "missing" | "invalid"; end: number } {
    const { steps } = this.conversation;
    const isList = this.script.kind === "list" && steps.some((step) => "invalid" in step);
    const what = isList ? "invalid" : "missing";
    if (this.script.error === undefined) return { what, end: steps.length };
    return { what, end: refusedAt(this.conversation, what, this.dialect.errors[what]) };
  }

  async #handOver(taker: (play: DialectServer) => Promise<void>): Promise<this> {
    await taker(this);
    return this;
  }

  async #carry(): Promise<void> {
    const { data, after = [] } = this.conversation;
    const { atData } = this.script;
    if (atData && this.q) return atData(this, this.q);
    if (!data) return;
    await this.deliver(data, after);
    // What a client says in the end is waited for, and the server's word after it.
    for (const step of after)
      if ("on" in step && step.on === "Q") continue;
      else if (!("send" in step) || (await this.hears(step))) await this.speak(step);
  }
}

/** What the client sent, for a message. */
export const describeRequest = (play: DialectServer): string => `on P it sent ${show(play.p.text)}`;
