// The suite as the client: one conversation with a server, as the dialect describes it.

import type { Attempt } from "./attempt.ts";
import { show } from "./bytes.ts";
import { Channel } from "./channel.ts";
import { type Conversation, type Data, type Kind, type Say, type Step } from "./dialect.ts";
import { encode, type Fill } from "./encode.ts";
import { Hearing, heard, mayGrow } from "./hearing.ts";
import { complaint, declared, type Failing } from "./complaint.ts";
import { IDLE_LIMIT, PATIENCE, QUIET, REPLY_LIMIT } from "./patience.ts";
import { type Reader, reader } from "./reader.ts";
import { applies, NoVerdict } from "./verdict.ts";
import { dial, type Door } from "./wire.ts";

/** Between two tries to open Q where the dialect leaves that to the client. */
const DIAL_AGAIN = 50;
/** More than any case asks for: some servers never stop. */
const FLOOD = 24 * 1024 * 1024;
/** Longer than the gap between two segments of one reply. */
const SEGMENT = QUIET / 5;

export class Exchange {
  /** What stopped the conversation, where it did not go through. */
  stuck: string | undefined;
  /** What the dialect does not explain, in words. */
  readonly strange: string[] = [];
  readonly #p: Hearing;
  #q: Hearing | undefined;
  /** How many of the connections at the door were there before, or are taken. */
  #taken: number;
  /** Where the payload comes, how far the conversation was there by then, and how it is read. */
  #carrier: Hearing | undefined;
  #from = 0;
  #reader: Reader | undefined;
  /** The error on P, once it is understood. */
  #failing: Failing | undefined;

  constructor(
    readonly attempt: Attempt,
    readonly kind: Kind,
    readonly p: Channel,
    readonly door: Door | undefined,
    public values: Fill,
  ) {
    this.#p = new Hearing(p);
    this.#taken = door?.channels.length ?? 0;
  }

  get conversation(): Conversation {
    const found = this.attempt.dialect[this.kind];
    applies(found !== undefined, `the dialect does not say how ${this.kind} is asked`);
    return found;
  }

  /** The last Q that was opened, whoever did it. */
  get q(): Channel | undefined {
    return this.#q?.channel ?? this.door?.channels[this.#taken];
  }

  /** What was asked for, without its framing. */
  get payload(): Buffer {
    this.#look();
    return this.#reader?.payload ?? this.q?.bytes ?? Buffer.alloc(0);
  }

  get whole(): boolean {
    this.#look();
    return this.#reader?.whole ?? this.q?.over ?? false;
  }

  /** The text on P that the conversation does not explain. */
  get rest(): string {
    return this.#p.rest;
  }

  /** The error on P, if there is one. */
  get error(): string | undefined {
    // Once a file has begun on P, its words are not the server's.
    const carrying = this.#reader !== undefined && this.#reader.data.on === "P";
    if (this.#failing) return this.#failing.text;
    return complaint(this.attempt.dialect, this.rest, this.values, carrying);
  }

  /** An error that came on Q, where the dialect says that this server does that. */
  get errorOnQ(): string | undefined {
    const carried =
      this.#carrier === this.#q ? this.#reader?.payload.toString("latin1") : undefined;
    return declared(this.attempt.dialect, "Q", carried || (this.#q?.rest ?? ""), this.values)?.text;
  }

  /** How many bytes on Q belong to the conversation and not to what was asked for. */
  get spokenOnQ(): number {
    return this.#carrier === this.#q ? this.#from : (this.#q?.understood ?? 0);
  }

  /** What came on Q beside the conversation and the frame around nothing at all. */
  get strayOnQ(): Buffer {
    const bytes = this.q?.bytes ?? Buffer.alloc(0);
    if (this.#reader && this.#carrier === this.#q) return this.payload;
    const { steps, data } = this.conversation;
    let rest = bytes.subarray(this.spokenOnQ);
    for (const step of steps.filter((each) => "on" in each && each.on === "Q")) {
      const found =
        "send" in step ? undefined : heard(step as Say, rest.toString("latin1"), this.values);
      if (found?.at === 0) rest = rest.subarray(found.end);
    }
    if (!data || rest.length === 0) return rest;
    const reading = reader(data, this.values);
    reading.read(rest, true);
    return reading.used === rest.length ? reading.payload : rest;
  }

  /** What came instead of an error on P, for a message. */
  get words(): string {
    const onQ = this.q?.length ? `, and ${show(this.q.bytes)} on Q` : "";
    return `${show(this.p.text)} on P${onQ}`;
  }

  /** Goes through the steps until they end, or an error or silence ends them. */
  async run(): Promise<this> {
    const { steps, data, after } = this.conversation;
    const carried = (await this.#all(steps)) && data !== undefined && (await this.#carry(data));
    if (carried && after) await this.#all(after);
    // The text of a refusal may come with the end of Q, or shortly after it.
    if (!carried && !this.p.over) await this.#settled();
    await this.#afterwards(declared(this.attempt.dialect, "P", this.rest, this.values));
    this.#account();
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
    // The assignment leaves this to the client, so it is awaited and not demanded.
    if ("close" in step) return this.attempt.happens(() => this.p.over, QUIET).then(() => true);
    if ("q" in step) return step.q === "accept" ? this.#dialled() : this.#dials(step.port);
    const hearing = step.on === "Q" ? this.#q : this.#p;
    if (!hearing) return false;
    if (!("send" in step)) return this.#hear(step, hearing);
    hearing.channel.send(encode(step.send, this.values));
    return true;
  }

  async #dialled(): Promise<boolean> {
    const came = (): Channel | undefined => this.door?.channels[this.#taken];
    await this.#wait("Q", () => came() !== undefined);
    // P may end before Q is seen: that says nothing about Q yet.
    if (this.p.over) await this.attempt.happens(() => came() !== undefined, 2 * QUIET);
    const channel = came();
    if (channel) this.#taken++;
    if (channel) this.#q = new Hearing(channel);
    return channel !== undefined;
  }

  // Against the assignment, but some programs want it: the server may need a moment to listen.
  async #dials(port = "{dport}"): Promise<boolean> {
    const to = { host: String(this.values["shost"]), port: Number(encode(port, this.values)) };
    const end = performance.now() + REPLY_LIMIT;
    while (performance.now() < end && !this.p.over && this.error === undefined) {
      const made = await dial(this.attempt.timeline, "Q", to);
      if (made instanceof Channel) this.#q = new Hearing(this.attempt.hold(made));
      if (this.#q) return true;
      await Bun.sleep(DIAL_AGAIN);
    }
    return false;
  }

  async #hear(step: Say, hearing: Hearing): Promise<boolean> {
    const { channel } = hearing;
    const found = () => heard(step, hearing.rest, this.values);
    await this.#wait(`a reply on ${channel.name}`, () => found() !== undefined || channel.over);
    if (found() && mayGrow(step, this.values)) await this.#still(channel);
    const match = found();
    // Some servers send stale memory behind a text: what stands first is what they say.
    const failing = declared(this.attempt.dialect, channel.name, hearing.rest, this.values);
    if (!match || (failing && failing.at < match.at)) return this.#refused(step, hearing);
    hearing.take(match);
    this.values = { ...this.values, ...match.values };
    return true;
  }

  #refused({ login }: Say, { rest }: Hearing): false {
    if (login !== undefined && heard({ say: login }, rest, this.values))
      throw new NoVerdict(
        `the server refused the login: ${show(rest)}; see [values] of the dialect`,
      );
    return false;
  }

  async #still(channel: Channel): Promise<void> {
    let length = -1;
    while (channel.length > length && !channel.over) {
      length = channel.length;
      await this.attempt.happens(() => channel.length > length || channel.over, SEGMENT);
    }
  }

  async #wait(what: string, check: () => boolean): Promise<void> {
    const failed = (): boolean => this.error !== undefined || this.errorOnQ !== undefined;
    await this.attempt.within(what, REPLY_LIMIT, () => check() || failed() || this.p.over);
  }

  async #carry(data: Data): Promise<boolean> {
    const hearing = data.on === "P" ? this.#p : this.#q;
    if (!hearing) return false;
    const reading = reader(data, this.values);
    [this.#carrier, this.#from, this.#reader] = [hearing, hearing.understood, reading];
    for (let answered = 0; !this.whole && !hearing.channel.over;) {
      for (; answered < reading.pieces && data.ack !== undefined; answered++)
        hearing.channel.send(encode(data.ack, this.values));
      if (await this.#more(data, hearing.channel)) continue;
      reading.silent();
      break;
    }
    const { whole } = this;
    // What came on P in place of it is still to be explained: it may be an error.
    if (whole || data.on === "Q") hearing.understood = this.#from + reading.used;
    return whole;
  }

  // More may have come since the last look.
  #look(): void {
    const [from, reading] = [this.#carrier, this.#reader];
    if (from && reading && !reading.whole)
      reading.read(from.channel.bytes.subarray(this.#from), from.channel.over);
  }

  /** Waits for the next bytes; false where it takes too long, or an error has come in their place. */
  async #more(data: Data, channel: Channel): Promise<boolean> {
    const { length } = channel;
    if (length - this.#from > FLOOD) return false;
    const empty = length <= this.#from;
    const failed = this.error !== undefined;
    const quiet = data.ms === undefined ? undefined : data.ms * PATIENCE * (empty ? 3 : 1);
    const limit = quiet ?? (failed && empty ? QUIET : IDLE_LIMIT);
    const news = (): boolean =>
      channel.length > length || channel.over || (!failed && this.error !== undefined);
    return this.attempt.within(`bytes on ${channel.name}`, limit, news);
  }

  async #settled(): Promise<void> {
    await this.attempt.within("a reply on P", REPLY_LIMIT, () => this.rest !== "" || this.p.over);
    await this.attempt.happens(() => this.p.over, QUIET / 3);
  }

  /** Some programs have more to say about an error. */
  async #afterwards(failing: Failing | undefined): Promise<void> {
    const { errors } = this.attempt.dialect;
    const what = failing?.what ?? (this.errorOnQ === undefined ? undefined : "missing");
    if (what === undefined || this.#carrier?.channel === this.p) return;
    // What stands before it is a part of the message.
    if (failing) this.#p.understood += failing.end;
    this.#failing = failing;
    for (const step of errors[what].after ?? []) await this.#take(step);
  }

  /** Bytes that nothing explains are told, not swallowed. */
  #account(): void {
    const failed = this.error !== undefined || this.errorOnQ !== undefined;
    for (const hearing of [this.#p, this.#q]) {
      if (!hearing) continue;
      this.strange.push(...hearing.strange);
      if (!failed && hearing.rest !== "")
        this.strange.push(`${show(hearing.rest)} on ${hearing.channel.name}`);
    }
    for (const each of this.strange) this.attempt.remark(`the dialect does not explain ${each}`);
  }

  /** What a client does in the end: it closes P, and Q if that is still there. */
  leave(): void {
    this.q?.close();
    this.p.close();
  }
}
