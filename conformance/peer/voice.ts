// The server's part of a dialect, spoken on P and Q to whoever is the client.

import { type CaseContext, HOST } from "../harness/context.ts";
import { Connection } from "../net/connection.ts";
import type { Data, Dialect, ErrorText, CommandKind, Step } from "../dialect/types.ts";
import { RequestReader, type Sent } from "./request-reader.ts";
import { encode, type Fill } from "../dialect/encode.ts";
import { POLL } from "../spec/timeouts.ts";
import { isListening } from "../net/procfs.ts";
import { need } from "../spec/verdict.ts";
import { type Listener } from "../net/sockets.ts";
import { framePayload } from "../dialect/frame-writer.ts";

/** A client may listen after it has asked: the network of a campus gave it this long. */
const DIAL_TRIES = 250;
/** Two texts one after the other reach the client as two segments, as over a network. */
const BREATH = 40;

export class Voice {
  q: Connection | undefined;
  /** How often Q was refused before it was taken. */
  refused = 0;
  readonly #ear: RequestReader;
  #spoke: Connection | undefined;
  #finished = false;

  constructor(
    readonly context: CaseContext,
    readonly p: Connection,
    /** Where a client comes that opens Q itself; without one it is opened as soon as the port is known. */
    public door?: Listener,
  ) {
    this.#ear = new RequestReader(context, p, (template) => this.say(template));
  }

  /** What the client has filled the dialect's templates with. */
  get values(): Fill {
    return this.#ear.values;
  }

  /** Lines that it sent before its command. */
  get options(): readonly string[] {
    return this.#ear.options;
  }

  get dialect(): Dialect {
    return this.context.dialect;
  }

  /** What is to be sent, once it is known what was asked for. */
  get payload(): Uint8Array {
    return new Uint8Array(0);
  }

  /** Whether the client has given up. */
  get gone(): boolean {
    return this.p.hasEnded;
  }

  /** What fills a template beside the words of the client. */
  get known(): Fill {
    const { payload, p, q } = this;
    const hash = new Bun.CryptoHasher("sha256").update(payload).digest("hex");
    const asked = this.options.some((line) => line.startsWith("HASH"));
    const ports = { sport: p.local.port, shost: p.local.host, qport: q?.local.port ?? 0 };
    const from = { any: "any", file: "", host: p.remote.host, ...this.dialect.values };
    return { ...from, ...ports, size: payload.length, hash: asked ? ` sha256=${hash}` : "" };
  }

  say(template: string, values: Fill = {}, on: Connection = this.p): void {
    on.send(encode(template, { ...this.known, ...this.values, ...values }));
  }

  async #say(template: string, on: Connection, values: Fill = {}): Promise<void> {
    if (this.#spoke === on) await Bun.sleep(BREATH);
    this.say(template, values, on);
    this.#spoke = on;
  }

  /** Waits until one of the kinds that are possible has said its part; says which remain. */
  async hear(kinds: readonly CommandKind[], at: number): Promise<CommandKind[]> {
    this.#spoke = undefined;
    return this.#ear.hear(kinds, at);
  }

  async hears(step: Sent): Promise<boolean> {
    this.#spoke = undefined;
    return this.#ear.hears(step);
  }

  /** One step that is the server's; false where the client does not play along. */
  async speak(step: Step): Promise<boolean> {
    if ("sleep" in step) await Bun.sleep(this.#spoke ? step.sleep : 0);
    else if ("close" in step) this.p.finish();
    else if ("q" in step) return step.q === "accept" ? this.#opens(step.port) : this.#awaited();
    else if (!("send" in step)) {
      const on = step.on === "Q" ? this.q : this.p;
      if (on) await this.#say(step.say ?? step.expect ?? "", on);
    }
    return true;
  }

  async #opens(port?: string): Promise<true> {
    this.#took(await this.dialQ(undefined, port));
    return true;
  }

  #took(q: Connection): void {
    this.q = q;
    this.#ear.open(q);
  }

  async #awaited(): Promise<boolean> {
    this.door ??= this.context.listen("Q", HOST, this.dataPort());
    await this.context.waitFor(
      "Q",
      this.context.timeouts.reply,
      () => this.door?.first !== undefined || this.gone,
    );
    if (this.door?.first) this.#took(this.door.first);
    return this.q !== undefined;
  }

  /** Where the client is to be found for Q: by its own word, or by what the dialect fixes. */
  dataPort(template = "{dport}"): number {
    const { dataOffset = 0, dataPorts } = this.dialect.abilities ?? {};
    const usual = dataOffset > 0 ? this.p.local.port + dataOffset : (dataPorts?.from ?? 0);
    return Number(encode(template, { ...this.known, dport: usual, ...this.values }).toString());
  }

  /** Dials Q as soon as the client listens, and tries again if it does not yet. */
  async dialQ(from?: string, template = "{dport}"): Promise<Connection> {
    const port = this.dataPort(template);
    const end = performance.now() + this.context.timeouts.reply;
    const soon = performance.now() + DIAL_TRIES;
    this.refused = isListening(port) ? 0 : 1;
    while (!isListening(port) && performance.now() < soon) await Bun.sleep(POLL);
    for (;;) {
      const to = { host: HOST, port, ...(from ? { from } : {}) };
      const made = await this.context.dial("Q", to);
      if (made instanceof Connection) return (this.q = this.context.own(made));
      const left = performance.now() < end && !this.gone;
      need(left, "S6.2", `nobody listens on the data port ${port}`);
      await Bun.sleep(DIAL_TRIES);
    }
  }

  /** Sends what was asked for, as the dialect frames it. */
  async deliver(data: Data, after: readonly Step[] = []): Promise<void> {
    const on = data.on === "P" ? this.p : this.q;
    if (!on) return;
    if (this.#spoke === on) await Bun.sleep(Math.max(BREATH, data.gap ?? 0));
    for (const [at, piece] of framePayload(data, this.payload, {
      ...this.known,
      ...this.values,
    }).entries()) {
      if (at > 0 && data.gap) await Bun.sleep(data.gap);
      const before = on.length;
      on.send(piece);
      if (data.ack !== undefined)
        await this.context.waitFor(
          "an acknowledgement",
          this.context.timeouts.idle,
          () => on.length > before || on.hasEnded,
        );
    }
    // A last word on Q has to come before its end.
    for (const step of after) if ("on" in step && step.on === "Q") await this.speak(step);
    if (data.frame !== "silence" && (on === this.q || data.frame === "close")) on.finish();
  }

  #finish(): void {
    if (!this.#finished) this.q?.finish();
    this.#finished = true;
  }

  /** Says that something is wrong, where the dialect says it. */
  async refuse({ on, say, after = [] }: ErrorText, text: string): Promise<void> {
    const channel = on === "Q" ? this.q : this.p;
    if (on !== "none" && say !== "" && channel) await this.#say(say, channel, { text });
    for (const step of after) {
      if ("send" in step) this.#finish();
      if (!("send" in step) || (await this.hears(step))) await this.speak(step);
    }
    this.#finish();
  }
}
