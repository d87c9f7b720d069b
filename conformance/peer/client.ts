// The suite as the client: runs one conversation with a server, as the dialect describes it.

import type { CaseContext } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Connection } from "../net/connection.ts";
import type { Listener } from "../net/sockets.ts";
import { findReply, isReplyOpenEnded } from "../dialect/decode.ts";
import { encodeNumber, encodeTemplate } from "../dialect/encode.ts";
import { describeStep } from "../dialect/steps.ts";
import type { Template, TemplateValues } from "../dialect/template.ts";
import type { CommandKind, Conversation, Data, ReplyStep, Step } from "../dialect/types.ts";
import { applies, Inconclusive } from "../spec/verdict.ts";
import { ClientDataConnection } from "./client-data.ts";
import { Cursor } from "./cursor.ts";
import { type DeclaredError, findDeclaredError, findErrorText } from "./error-text.ts";
import { Payload } from "./payload.ts";
import { needProved } from "./proved.ts";

/** Where the client speaks for the first time in these steps. */
const findLeave = (steps: readonly Step[]): number => {
  const at = steps.findIndex((step) => "send" in step);
  return at < 0 ? steps.length : at;
};

export class DialectClient {
  /** Why the conversation stopped early. */
  stopReason: string | undefined;
  /** Bytes that the dialect does not explain, as text. */
  readonly unexplained: string[] = [];
  readonly #onP: Cursor;
  readonly #data: ClientDataConnection;
  #payload: Payload | undefined;
  #declaredError: DeclaredError | undefined;

  constructor(
    readonly context: CaseContext,
    readonly kind: CommandKind,
    readonly p: Connection,
    readonly listener: Listener | undefined,
    public values: TemplateValues,
  ) {
    this.#onP = new Cursor(p);
    this.#data = new ClientDataConnection(context, listener);
  }

  get conversation(): Conversation {
    const conversation = this.context.dialect[this.kind];
    needProved(this.context.dialect, this.kind);
    applies(conversation !== undefined, `the dialect has no [${this.kind}]`);
    return conversation;
  }

  /** The last Q that was opened, by either side. */
  get q(): Connection | undefined {
    return this.#data.connection;
  }

  /** The payload without its frame. */
  get payload(): Buffer {
    return this.#payload?.bytes ?? this.q?.bytes ?? Buffer.alloc(0);
  }

  get isComplete(): boolean {
    return this.#payload?.isComplete ?? this.q?.hasEnded ?? false;
  }

  /** The text on P that no step has read. */
  get unreadText(): string {
    return this.#onP.unreadText;
  }

  /** The error text on P. */
  get error(): string | undefined {
    if (this.#declaredError) return this.#declaredError.text;
    const isPayloadOnP = this.#payload?.data.on === "P";
    return findErrorText(this.context.dialect, this.unreadText, this.values, isPayloadOnP);
  }

  /** An error text on Q, if the dialect says that the server sends it there. */
  get errorOnQ(): string | undefined {
    const payload = this.#payloadOnQ?.bytes.toString("latin1");
    const text = payload || (this.#data.cursor?.unreadText ?? "");
    return findDeclaredError(this.context.dialect, "Q", text, this.values)?.text;
  }

  get #payloadOnQ(): Payload | undefined {
    return this.#payload?.cursor === this.#data.cursor ? this.#payload : undefined;
  }

  get #hasError(): boolean {
    return this.error !== undefined || this.errorOnQ !== undefined;
  }

  /** The bytes on Q that neither a step nor an empty frame explains. */
  get unexpectedOnQ(): Buffer {
    return this.#payloadOnQ
      ? this.payload
      : this.#data.findUnexpected(this.conversation, this.values);
  }

  /** The bytes that came on Q behind a payload whose end was announced, and that no step explains. */
  get surplusOnQ(): Buffer {
    const { after = [] } = this.conversation;
    const mayFollow = after.some((step) => "say" in step && step.on === "Q" && !step.awaited);
    const payload = this.#payloadOnQ;
    if (!payload?.isComplete || mayFollow) return Buffer.alloc(0);
    return Buffer.from(this.#data.cursor?.unreadText ?? "", "latin1");
  }

  /** What the server said, for a message. */
  get description(): string {
    const onQ = this.q?.length ? `, and ${show(this.q.bytes)} on Q` : "";
    return `${this.p.description}${onQ}`;
  }

  /** Runs the steps until they end, or until an error or silence ends them; of the last ones only those before a word of the client, if it shall not take its leave. */
  async run(takesLeave = true): Promise<this> {
    const { steps, data, after } = this.conversation;
    const last = takesLeave ? after : after?.slice(0, findLeave(after));
    const isCarried =
      (await this.#runSteps(steps)) && data !== undefined && (await this.#receivePayload(data));
    if (isCarried && last) await this.#runSteps(last);
    if (!isCarried && !this.p.hasEnded) await this.#waitForErrorText();
    await this.#runErrorSteps();
    this.#reportUnexplained();
    return this;
  }

  /** Closes P and Q, as a client does at its end. */
  close(): void {
    this.q?.close();
    this.p.close();
  }

  async #runSteps(steps: readonly Step[]): Promise<boolean> {
    for (const step of steps) {
      if (await this.#runStep(step)) continue;
      this.stopReason ??= `instead of ${describeStep(step)} there was ${this.p.description}`;
      return false;
    }
    return true;
  }

  async #runStep(step: Step): Promise<boolean> {
    if ("q" in step) return step.q === "accept" ? this.#acceptQ() : this.#dialQ(step.port);
    if ("sleep" in step) await Bun.sleep(step.sleep);
    // The assignment does not demand that the server closes P, so the client does not insist.
    else if ("close" in step)
      await this.context.happensWithin(() => this.p.hasEnded, this.context.timeouts.quiet);
    else {
      const cursor = step.on === "Q" ? this.#data.cursor : this.#onP;
      if (!cursor) return false;
      if ("say" in step) return step.awaited === false || this.#receiveReply(step, cursor);
      cursor.connection.send(encodeTemplate(step.send, this.values));
    }
    return true;
  }

  async #acceptQ(): Promise<boolean> {
    const hasArrived = (): boolean => this.#data.hasArrived;
    await this.#waitUntil("Q", hasArrived);
    // P may end before Q arrives: that says nothing about Q yet.
    if (this.p.hasEnded)
      await this.context.happensWithin(hasArrived, 2 * this.context.timeouts.quiet);
    return this.#data.accept();
  }

  async #dialQ(template?: Template): Promise<boolean> {
    const { shost, dport } = this.values;
    const port = template ? encodeNumber(template, this.values) : Number(dport);
    const hasFailed = (): boolean => this.p.hasEnded || this.error !== undefined;
    return this.#data.dial({ host: String(shost), port }, hasFailed);
  }

  async #receiveReply(step: ReplyStep, cursor: Cursor): Promise<boolean> {
    const { connection } = cursor;
    const { dialect } = this.context;
    const find = () => findReply(step, cursor.unreadText, this.values);
    await this.#waitUntil(`a reply on ${connection.name}`, () => find() !== undefined, connection);
    if (find() && isReplyOpenEnded(step, this.values)) await cursor.waitUntilStill(this.context);
    const match = find();
    const error = findDeclaredError(dialect, connection.name, cursor.unreadText, this.values);
    // Some servers send stale memory behind a text, so the text that stands first counts.
    if (!match || (error && error.start < match.start)) return this.#failReply(step, cursor);
    cursor.advance(match);
    this.values = { ...this.values, ...match.values };
    return true;
  }

  #failReply({ login }: ReplyStep, { unreadText }: Cursor): false {
    if (login && findReply({ say: login }, unreadText, this.values))
      throw new Inconclusive(
        `the server refused the login with ${show(unreadText)}; check name and password in [values] of the dialect`,
      );
    return false;
  }

  // A server may close P while it goes on with Q, so only the end of the connection that is read ends a wait.
  async #waitUntil(what: string, check: () => boolean, on = this.p): Promise<void> {
    const isOver = (): boolean => check() || this.#hasError || on.hasEnded;
    await this.context.waitFor(what, this.context.timeouts.reply, isOver);
  }

  async #receivePayload(data: Data): Promise<boolean> {
    const cursor = data.on === "P" ? this.#onP : this.#data.cursor;
    if (!cursor) return false;
    this.#payload = new Payload(data, cursor, this.values);
    return this.#payload.receive(this.context, () => this.error !== undefined);
  }

  // An error text may come with the end of Q, or shortly after it.
  async #waitForErrorText(): Promise<void> {
    // If part of the payload has arrived, P had its time while the rest was awaited.
    const limit =
      this.payload.length > 0 ? this.context.timeouts.quiet : this.context.timeouts.reply;
    const hasText = (): boolean => this.unreadText !== "" || this.p.hasEnded;
    await this.context.waitFor("a reply on P", limit, hasText);
    await this.context.happensWithin(() => this.p.hasEnded, this.context.timeouts.quiet / 3);
  }

  /** Runs the steps that follow an error text. */
  async #runErrorSteps(): Promise<void> {
    const { dialect } = this.context;
    const declared = findDeclaredError(dialect, "P", this.unreadText, this.values);
    const kind = declared?.kind ?? (this.errorOnQ === undefined ? undefined : "missing");
    if (kind === undefined || this.#payload?.connection === this.p) return;
    // Text before the error belongs to the message.
    if (declared) this.#onP.position += declared.end;
    this.#declaredError = declared;
    for (const step of dialect.errors[kind].after ?? []) await this.#runStep(step);
  }

  #reportUnexplained(): void {
    for (const cursor of [this.#onP, this.#data.cursor]) {
      if (!cursor) continue;
      this.unexplained.push(...cursor.skipped);
      if (!this.#hasError && cursor.unreadText !== "")
        this.unexplained.push(`${show(cursor.unreadText)} on ${cursor.connection.name}`);
    }
    for (const each of this.unexplained)
      this.context.remark(`the dialect does not explain ${each}`);
  }
}
