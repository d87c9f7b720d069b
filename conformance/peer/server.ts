// The suite as the server: speaks the server's part of a dialect on P and Q to one client.

import type { CaseContext } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import type { Listener } from "../net/sockets.ts";
import { encodeNumber, encodeTemplate } from "../dialect/encode.ts";
import { framePayload } from "../dialect/frame-writer.ts";
import { findRequestEnd, isSameStep } from "../dialect/steps.ts";
import { Template, type TemplateValues } from "../dialect/template.ts";
import type {
  CommandKind,
  Conversation,
  Data,
  Dialect,
  ErrorText,
  SendStep,
  Step,
} from "../dialect/types.ts";
import { applies } from "../spec/verdict.ts";
import type { SubjectProcess } from "../subject/process.ts";
import { needProved } from "./proved.ts";
import { RequestReader } from "./request-reader.ts";
import { sendPieces } from "./send-pieces.ts";
import { type Origin, ServerDataConnection } from "./server-data.ts";

/** Milliseconds between two texts, so that the client gets two segments, as over a network. */
const TEXT_GAP = 40;

export interface DialectServerOptions {
  /** The kinds of command that the request may be. */
  kinds: readonly CommandKind[];
  /** The payload, once the request is known. */
  payload: () => Uint8Array;
  /** The client, if the suite started it. */
  program?: SubjectProcess;
  /** Where the client opens Q, if the client does that. */
  listener?: Listener;
}

export class DialectServer {
  /** The kinds of command that the request may still be. */
  kinds: readonly CommandKind[];
  /** Whether the whole request has arrived. */
  hasRequest = false;
  /** What the client has filled the templates of the dialect with. */
  values: TemplateValues = {};
  /** Lines that the client sent before its request. */
  readonly options: string[] = [];
  readonly #request: RequestReader;
  readonly #data: ServerDataConnection;
  /** The connection that carried the last text, if the client has not spoken since. */
  #lastSpokenOn: Connection | undefined;

  constructor(
    readonly context: CaseContext,
    readonly p: Connection,
    readonly config: DialectServerOptions,
  ) {
    this.kinds = config.kinds;
    this.#request = new RequestReader(context, p);
    const hasClientLeft = (): boolean => p.hasEnded || config.program?.exited !== undefined;
    this.#data = new ServerDataConnection(context, config.listener, hasClientLeft);
  }

  /** The client under test. */
  get program(): SubjectProcess {
    if (!this.config.program) throw new Error("the suite did not start this client");
    return this.config.program;
  }

  get dialect(): Dialect {
    return this.context.dialect;
  }

  get conversation(): Conversation {
    const [kind = "invalid"] = this.kinds;
    const conversation = this.dialect[kind];
    needProved(this.dialect, kind);
    applies(conversation !== undefined, `the dialect has no [${kind}]`);
    return conversation;
  }

  get q(): Connection | undefined {
    return this.#data.connection;
  }

  get refusedDials(): number {
    return this.#data.refusedDials;
  }

  /** Takes no Q from the client any more, and keeps none, like a server that has died. */
  refuseQ(how: "abort" | "close" = "abort"): void {
    this.q?.[how]();
    this.#data.refuse(how);
  }

  get payload(): Uint8Array {
    return this.config.payload();
  }

  /** Everything that fills a template: what the suite knows, and what the client has said. */
  get #allValues(): TemplateValues {
    const { payload, p, q } = this;
    const hash = new Bun.CryptoHasher("sha256").update(payload).digest("hex");
    const wantsHash = this.options.some((line) => line.startsWith("HASH"));
    return {
      any: "any",
      file: "",
      host: p.remote.host,
      ...this.dialect.values,
      sport: p.local.port,
      shost: p.local.host,
      qport: q?.local.port ?? 0,
      size: payload.length,
      hash: wantsHash ? ` sha256=${hash}` : "",
      ...this.values,
    };
  }

  /** Sends the text of a template on P. */
  say(text: string): void {
    this.#send(new Template(text), this.p);
  }

  #send(template: Template, on: Connection, values: TemplateValues = {}): void {
    on.send(encodeTemplate(template, { ...this.#allValues, ...values }));
  }

  /** Runs a step of the conversation; false if the client does not follow it. */
  async runStep(at: number): Promise<boolean> {
    const step = this.conversation.steps[at];
    if (!step) return false;
    const isDone = await ("send" in step ? this.#receiveCommand(at) : this.#speak(step));
    this.hasRequest ||= isDone && at === findRequestEnd(this.conversation);
    return isDone;
  }

  /** Receives this step of the request, and drops the kinds of command that do not match. */
  async #receiveCommand(at: number): Promise<boolean> {
    const candidates = this.kinds.flatMap((kind) => {
      const step = this.dialect[kind]?.steps[at];
      return step && "send" in step ? [{ kind, step }] : [];
    });
    const received = await this.#receive(candidates.map(({ step }) => step));
    if (!received) return false;
    const matching = candidates.filter(({ step }) => isSameStep(step, received));
    this.kinds = matching.map(({ kind }) => kind);
    return true;
  }

  /** Receives one of these steps; answers the options that come before it. */
  async #receive(steps: readonly SendStep[]): Promise<SendStep | undefined> {
    this.#lastSpokenOn = undefined;
    for (;;) {
      const part = await this.#request.read(steps);
      if (!part) return undefined;
      this.values = { ...this.values, ...part.values };
      if ("step" in part) return part.step;
      this.options.push(part.option);
      this.#send(part.answer, this.p);
    }
  }

  /** Runs a step of the server; false if the client does not follow it. */
  async #speak(step: Exclude<Step, SendStep>): Promise<boolean> {
    if ("sleep" in step) await Bun.sleep(this.#lastSpokenOn ? step.sleep : 0);
    else if ("close" in step) this.p.finish();
    else if ("say" in step) await this.#sendText(step.say, step.on === "Q" ? this.q : this.p);
    else if (step.q === "connect") return this.#acceptQ();
    else await this.dialQ({}, step.port);
    return true;
  }

  async #sendText(template: Template, on?: Connection, values: TemplateValues = {}): Promise<void> {
    if (!on) return;
    if (this.#lastSpokenOn === on) await Bun.sleep(TEXT_GAP);
    this.#send(template, on, values);
    this.#lastSpokenOn = on;
  }

  /** The port at which the client awaits Q: what it said, or what the dialect fixes. */
  dataPort(template?: Template): number {
    const { dataOffset, dataPorts } = this.dialect.abilities ?? {};
    const usual = dataOffset ? this.p.local.port + dataOffset : (dataPorts?.from ?? 0);
    const values = { ...this.#allValues, dport: usual, ...this.values };
    return template ? encodeNumber(template, values) : Number(values.dport);
  }

  async dialQ(from: Origin = {}, port?: Template): Promise<Connection> {
    const q = await this.#data.dial(this.dataPort(port), from);
    this.#request.addQ(q);
    return q;
  }

  async #acceptQ(): Promise<boolean> {
    const isOpen = await this.#data.accept(() => this.dataPort());
    if (this.q) this.#request.addQ(this.q);
    return isOpen;
  }

  /** Sends the payload in its frame, at a pace that the caller may choose, and runs the steps after it. */
  async deliver(send = sendPieces): Promise<void> {
    const { data, after = [] } = this.conversation;
    const onQ = after.filter((step) => "on" in step && step.on === "Q");
    if (data) await this.#sendPayload(data, onQ, send);
    for (const step of after) if (!onQ.includes(step)) await this.#runLastStep(step);
  }

  /** The connection that carries the payload; some dialects have no Q. */
  get payloadConnection(): Connection | undefined {
    return this.conversation.data?.on === "P" ? this.p : this.q;
  }

  /** Sends the payload in its frame up to its middle, as a server does that is cut off. */
  async sendHalf(on: Connection): Promise<void> {
    const { data } = this.conversation;
    if (!data) return;
    if (this.#lastSpokenOn === on) await Bun.sleep(Math.max(TEXT_GAP, data.gap ?? 0));
    const framed = Buffer.concat(framePayload(data, this.payload, this.#allValues));
    on.send(framed.subarray(0, framed.length / 2));
  }

  async #sendPayload(data: Data, lastOnQ: readonly Step[], send: typeof sendPieces): Promise<void> {
    const on = this.payloadConnection;
    if (!on) return;
    if (this.#lastSpokenOn === on) await Bun.sleep(Math.max(TEXT_GAP, data.gap ?? 0));
    const pieces = framePayload(data, this.payload, this.#allValues);
    await send(this.context, on, data, pieces);
    // A last text on Q has to come before the end of Q.
    for (const step of lastOnQ) if ("say" in step) await this.#speak(step);
    if (data.frame !== "silence" && (on === this.q || data.frame === "close")) on.finish();
  }

  /** Runs a step after the payload or an error; it is no fault if the client does not follow it. */
  async #runLastStep(step: Step): Promise<void> {
    if ("send" in step) await this.#receive([step]);
    else await this.#speak(step);
  }

  /** Sends the text of an error where the dialect wants it, runs the steps after it, and closes Q. */
  async sendError({ on, say, after = [] }: ErrorText, text: string): Promise<void> {
    if (on !== "none" && !say.isEmpty)
      await this.#sendText(say, on === "Q" ? this.q : this.p, { text });
    let isFinished = false;
    const finish = (): void => {
      if (!isFinished) this.q?.finish();
      isFinished = true;
    };
    for (const step of after) {
      if ("send" in step) finish();
      await this.#runLastStep(step);
    }
    finish();
  }
}
