// The suite as the client: one conversation with a server, as the dialect describes it.

import { show } from "../net/bytes.ts";
import { Payload } from "./payload.ts";
import { Connection } from "../net/connection.ts";
import type { Data, Say, Step } from "../dialect/types.ts";
import { Findings } from "./findings.ts";
import { encode } from "../dialect/encode.ts";
import { Cursor, findText, mayGrow } from "./cursor.ts";
import { findDeclaredError, type DeclaredError } from "./error-text.ts";
import { Inconclusive } from "../spec/verdict.ts";
/** Between two tries to open Q where the dialect leaves that to the client. */
const DIAL_AGAIN = 50;
/** More than any case asks for: some servers never stop. */
const FLOOD = 24 * 1024 * 1024;

export class DialectClient extends Findings {
  /** Goes through the steps until they end, or an error or silence ends them. */
  async run(): Promise<this> {
    const { steps, data, after } = this.conversation;
    const carried = (await this.#all(steps)) && data !== undefined && (await this.#carry(data));
    if (carried && after) await this.#all(after);
    // The text of a refusal may come with the end of Q, or shortly after it.
    if (!carried && !this.p.hasEnded) await this.#settled();
    await this.#afterwards(
      findDeclaredError(this.context.dialect, "P", this.unreadText, this.values),
    );
    this.#account();
    return this;
  }

  async #all(steps: readonly Step[]): Promise<boolean> {
    for (const step of steps) {
      if (await this.#take(step)) continue;
      this.stopReason ??= `where ${wanted(step)} was due, there was ${this.p.description}`;
      return false;
    }
    return true;
  }

  async #take(step: Step): Promise<boolean> {
    if ("sleep" in step) return Bun.sleep(step.sleep).then(() => true);
    // The assignment leaves this to the client, so it is awaited and not demanded.
    if ("close" in step)
      return this.context
        .happensWithin(() => this.p.hasEnded, this.context.timeouts.quiet)
        .then(() => true);
    if ("q" in step) return step.q === "accept" ? this.#dialled() : this.#dials(step.port);
    const hearing = step.on === "Q" ? this.onQ : this.onP;
    if (!hearing) return false;
    if (!("send" in step)) return step.awaited === false || this.#hear(step, hearing);
    hearing.channel.send(encode(step.send, this.values));
    return true;
  }

  async #dialled(): Promise<boolean> {
    const came = (): Connection | undefined => this.door?.connections[this.taken];
    await this.#wait("Q", () => came() !== undefined);
    // P may end before Q is seen: that says nothing about Q yet.
    if (this.p.hasEnded)
      await this.context.happensWithin(() => came() !== undefined, 2 * this.context.timeouts.quiet);
    const channel = came();
    if (channel) this.taken++;
    if (channel) this.onQ = new Cursor(channel);
    return channel !== undefined;
  }

  // Against the assignment, but some programs want it: the server may need a moment to listen.
  async #dials(port = "{dport}"): Promise<boolean> {
    const to = { host: String(this.values["shost"]), port: Number(encode(port, this.values)) };
    const end = performance.now() + this.context.timeouts.reply;
    while (performance.now() < end && !this.p.hasEnded && this.error === undefined) {
      const made = await this.context.dial("Q", to);
      if (made instanceof Connection) this.onQ = new Cursor(this.context.own(made));
      if (this.onQ) return true;
      await Bun.sleep(DIAL_AGAIN);
    }
    return false;
  }

  async #hear(step: Say, hearing: Cursor): Promise<boolean> {
    const { channel } = hearing;
    const found = () => findText(step, hearing.rest, this.values);
    await this.#wait(`a reply on ${channel.name}`, () => found() !== undefined, channel);
    if (found() && mayGrow(step, this.values)) await this.#still(channel);
    const match = found();
    // Some servers send stale memory behind a text: what stands first is what they say.
    const failing = findDeclaredError(
      this.context.dialect,
      channel.name,
      hearing.rest,
      this.values,
    );
    if (!match || (failing && failing.at < match.at)) return this.#refused(step, hearing);
    hearing.take(match);
    this.values = { ...this.values, ...match.values };
    return true;
  }

  #refused({ login }: Say, { rest }: Cursor): false {
    if (login !== undefined && findText({ say: login }, rest, this.values))
      throw new Inconclusive(
        `the server refused the login: ${show(rest)}; see [values] of the dialect`,
      );
    return false;
  }

  async #still(channel: Connection): Promise<void> {
    let length = -1;
    while (channel.length > length && !channel.hasEnded) {
      length = channel.length;
      // Longer than the gap between two segments of one reply.
      const gap = this.context.timeouts.quiet / 5;
      await this.context.happensWithin(() => channel.length > length || channel.hasEnded, gap);
    }
  }

  // A server may close P while it goes on with Q: only the end of what is listened to is the end.
  async #wait(what: string, check: () => boolean, on = this.p): Promise<void> {
    const failed = (): boolean => this.error !== undefined || this.errorOnQ !== undefined;
    await this.context.waitFor(
      what,
      this.context.timeouts.reply,
      () => check() || failed() || on.hasEnded,
    );
  }

  async #carry(data: Data): Promise<boolean> {
    const hearing = data.on === "P" ? this.onP : this.onQ;
    if (!hearing) return false;
    const cargo = (this.cargo = new Payload(data, hearing, this.values));
    while (!cargo.whole && !hearing.channel.hasEnded) {
      cargo.answer();
      if (await this.#more(cargo)) continue;
      cargo.silent();
      break;
    }
    cargo.settle();
    return cargo.whole;
  }

  /** Waits for the next bytes; false where it takes too long, or an error has come in their place. */
  async #more({ data, channel, from, awaited: empty }: Payload): Promise<boolean> {
    const { length } = channel;
    if (length - from > FLOOD) return false;
    const failed = this.error !== undefined;
    const quiet =
      data.ms === undefined ? undefined : data.ms * this.context.timeouts.scale * (empty ? 3 : 1);
    const limit =
      quiet ?? (failed && empty ? this.context.timeouts.quiet : this.context.timeouts.idle);
    const news = (): boolean =>
      channel.length > length || channel.hasEnded || (!failed && this.error !== undefined);
    return this.context.waitFor(`bytes on ${channel.name}`, limit, news);
  }

  async #settled(): Promise<void> {
    // Where bytes have come and no end of them, P has had its time while that was awaited.
    const limit =
      this.payload.length > 0 ? this.context.timeouts.quiet : this.context.timeouts.reply;
    await this.context.waitFor(
      "a reply on P",
      limit,
      () => this.unreadText !== "" || this.p.hasEnded,
    );
    await this.context.happensWithin(() => this.p.hasEnded, this.context.timeouts.quiet / 3);
  }

  /** Some programs have more to say about an error. */
  async #afterwards(failing: DeclaredError | undefined): Promise<void> {
    const { errors } = this.context.dialect;
    const what = failing?.what ?? (this.errorOnQ === undefined ? undefined : "missing");
    if (what === undefined || this.cargo?.channel === this.p) return;
    // What stands before it is a part of the message.
    if (failing) this.onP.understood += failing.end;
    this.failing = failing;
    for (const step of errors[what].after ?? []) await this.#take(step);
  }

  /** Bytes that nothing explains are told, not swallowed. */
  #account(): void {
    const failed = this.error !== undefined || this.errorOnQ !== undefined;
    for (const hearing of [this.onP, this.onQ]) {
      if (!hearing) continue;
      this.unexplained.push(...hearing.strange);
      if (!failed && hearing.rest !== "")
        this.unexplained.push(`${show(hearing.rest)} on ${hearing.channel.name}`);
    }
    for (const each of this.unexplained)
      this.context.remark(`the dialect does not explain ${each}`);
  }

  /** What a client does in the end: it closes P, and Q if that is still there. */
  close(): void {
    this.q?.close();
    this.p.close();
  }
}

/** What a step waits for, in words. */
function wanted(step: Step): string {
  if ("q" in step) return step.q === "accept" ? "Q" : "a listener for Q";
  if ("send" in step) return "an open connection";
  return "say" in step || "expect" in step ? show(step.say ?? step.expect ?? "") : "a pause";
}
