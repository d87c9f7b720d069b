// A server of our own that speaks any dialect: it serves a few files, well or with a chosen defect.

import type { CaseContext } from "../../harness/context.ts";
import type { Connection } from "../../net/connection.ts";
import {
  type Data,
  type ErrorText,
  type CommandKind,
  formatListing,
  type Step,
} from "../../dialect/types.ts";
import { refusedAt } from "../../dialect/steps.ts";
import { Voice } from "../../peer/voice.ts";

export const DEFECTS = [
  "none",
  "drops-last-byte",
  "pads-with-nul",
  "error-on-q",
  "silent-about-errors",
  "leaves-q-open",
  "opens-no-q",
  "chatters",
] as const;
export type Defect = (typeof DEFECTS)[number];

/** The more peculiar first: a word such as `list` may look like the name of a file. */
const ORDER: readonly CommandKind[] = ["list", "invalid", "nameless", "get"];

export class Host extends Voice {
  #kinds: CommandKind[] = ORDER.filter((kind) => this.dialect[kind] !== undefined);

  constructor(
    context: CaseContext,
    p: Connection,
    readonly files: () => ReadonlyMap<string, Uint8Array>,
    readonly defect: Defect = "none",
  ) {
    super(context, p);
  }

  get kind(): CommandKind {
    return this.#kinds[0] ?? "invalid";
  }

  get file(): Uint8Array | undefined {
    return this.files().get(String(this.values["file"]));
  }

  override get payload(): Uint8Array {
    const names = [...this.files().keys()];
    const all =
      this.kind === "list" ? formatListing(this.dialect, names) : (this.file ?? Buffer.alloc(0));
    if (this.kind === "get" && this.defect === "drops-last-byte") return all.subarray(0, -1);
    if (this.kind === "get" && this.defect === "pads-with-nul")
      return Buffer.concat([all, Buffer.alloc(9)]);
    return all;
  }

  /** What is wrong with the request, as far as it is understood. */
  get #wrong(): "missing" | "invalid" | undefined {
    if (this.#kinds.length > 1 || this.kind === "list") return undefined;
    if (this.kind !== "get") return "invalid";
    return this.values["file"] !== undefined && !this.file ? "missing" : undefined;
  }

  /** One client, from its first word to its last; then P is closed, as most servers do. */
  async serve(): Promise<void> {
    await this.#converse().finally(() => this.p.finish());
  }

  async #converse(): Promise<void> {
    if (this.defect === "chatters") this.p.send("(how nice of you to come)");
    for (let at = 0; ; at++) {
      const conversation = this.dialect[this.kind];
      const { errors } = this.dialect;
      const wrong = this.#wrong;
      if (wrong && conversation && at >= refusedAt(conversation, wrong, errors[wrong]))
        return this.refuse(errors[wrong], "That cannot be served");
      const step = conversation?.steps[at];
      if (!step) break;
      if ("send" in step) this.#kinds = await this.hear(this.#kinds, at);
      else if ("q" in step && this.defect === "opens-no-q") return;
      else if (!(await this.speak(step))) return;
      if (this.#kinds.length === 0) return;
    }
    await this.#answer();
  }

  async #answer(): Promise<void> {
    const { errors } = this.dialect;
    const { data, after = [] } = this.dialect[this.kind] ?? {};
    if (this.#wrong) return this.refuse(errors[this.#wrong], "That cannot be served");
    if (data) await this.deliver(data, after);
    for (const step of after)
      if ("on" in step && step.on === "Q") continue;
      else if (!("send" in step) || (await this.hears(step))) await this.speak(step);
  }

  override async deliver(data: Data, after?: readonly Step[]): Promise<void> {
    const { q } = this;
    if (q && this.defect === "leaves-q-open") q.finish = () => {};
    await super.deliver(data, after);
  }

  override async refuse(error: ErrorText, text: string): Promise<void> {
    if (this.defect === "silent-about-errors") return this.q?.finish();
    if (this.defect !== "error-on-q") return super.refuse(error, text);
    const q = this.q ?? (await this.dialQ());
    q.send(text);
    q.finish();
  }
}
