// A client of the native dialect, byte by byte, for the N rules: they judge the wire itself.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Connection } from "../net/connection.ts";
import type { Listener } from "../net/sockets.ts";
import { applies, must, need } from "../spec/verdict.ts";

export class NativeClient {
  constructor(
    readonly context: CaseContext,
    readonly server: RunningServer,
    readonly p: Connection,
    readonly listener: Listener,
  ) {}

  get q(): Connection | undefined {
    return this.listener.first;
  }

  /** The complete lines that arrived on P. */
  get replies(): string[] {
    return this.p.text.split("\n").slice(0, -1);
  }

  /** Sends the request in one piece; `{dport}` in a text becomes the data port. */
  send(request: string | Uint8Array): this {
    const isText = typeof request === "string";
    this.p.send(isText ? request.replace("{dport}", `${this.listener.port}`) : request);
    return this;
  }

  /** Waits for the reply with this number; returns an empty text if it does not arrive. */
  async waitForReply(number = 1, limit = this.context.timeouts.reply): Promise<string> {
    const isOver = (): boolean => this.replies.length >= number || this.p.hasEnded;
    await this.context.waitFor(`reply ${number}`, limit, isOver);
    return this.replies[number - 1] ?? "";
  }

  /** Waits for the first reply with the code; the rule fails if it does not arrive. */
  async waitForCode(code: string, limit = this.context.timeouts.reply): Promise<string> {
    const find = (): string | undefined => this.replies.find((line) => line.startsWith(`${code} `));
    await this.context.waitFor(code, limit, () => find() !== undefined || this.p.hasEnded);
    const reply = find();
    const end = this.p.hasEnded ? ", and its end" : "";
    const observed = `${show(this.p.text)} on P${end}`;
    if (reply === undefined && code === "226")
      need(!(await this.#hasEverything()), "N7.5", observed);
    must(reply !== undefined, `a reply ${code}`, observed);
    return reply;
  }

  /** Whether all announced bytes are here, so that only the 226 is missing. */
  async #hasEverything(): Promise<boolean> {
    const announced = this.replies.find((line) => line.startsWith("150 "));
    if (announced === undefined) return false;
    const { length } = await this.waitForQEnd(this.context.timeouts.quiet);
    return length === Number(readField(announced, "bytes"));
  }

  /** Waits until the server has ended P, as it does after its last reply. */
  async waitForEnd(limit = this.context.timeouts.reply): Promise<this> {
    await this.context.waitFor("the end of P", limit, () => this.p.hasEnded);
    return this;
  }

  /** Waits until the server has ended Q; returns what arrived on it. */
  async waitForQEnd(limit = this.context.timeouts.reply): Promise<Buffer> {
    await this.context.waitFor("the end of Q", limit, () => this.q?.hasEnded === true);
    return this.q?.bytes ?? Buffer.alloc(0);
  }
}

/** Opens P and listens for Q; sends nothing. */
export async function openNative(
  context: CaseContext,
  server?: RunningServer,
): Promise<NativeClient> {
  const to = server ?? (await context.startServer());
  const listener = context.listen("Q");
  return new NativeClient(context, to, await context.connect(to), listener);
}

export async function askNative(
  context: CaseContext,
  request: string | Uint8Array,
): Promise<NativeClient> {
  return (await openNative(context)).send(request);
}

/** Asks for a file and stops reading, so that the transfer cannot end. */
export async function startStalledTransfer(context: CaseContext): Promise<NativeClient> {
  context.files.addEndless();
  const client = await openNative(context);
  client.listener.pausesReading = true;
  await client.send("-g endless.txt {dport}\n").waitForCode("150");
  return client;
}

/** An option that a server need not know was answered with this: the case is not applicable if the server does not know it. */
export function needOption(option: string, rule: string, reply: string): void {
  applies(!reply.startsWith("500 "), `this server does not know ${option}`);
  need(reply.startsWith("350 "), rule, `the reply to ${option} is ${show(reply)}`);
}

/** The value of a key in a reply. */
export function readField(reply: string, name: string): string | undefined {
  const keys = /^\d{3} ((?:[^ =]+=[^ ]* )*)/.exec(reply)?.[1] ?? "";
  const pair = keys.split(" ").find((each) => each.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

export const sha256 = (bytes: Uint8Array): string =>
  new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
