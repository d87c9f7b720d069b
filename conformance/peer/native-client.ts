// A talk in the native dialect, byte by byte: for the N rules, which judge the wire itself.

import type { CaseContext, RunningServer } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Connection } from "../net/connection.ts";
import { must } from "../spec/verdict.ts";
import type { Listener } from "../net/sockets.ts";

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

  /** The whole lines that came on P. */
  get replies(): string[] {
    return this.p.text.split("\n").slice(0, -1);
  }

  /** Fills in the data port and sends it in one piece. */
  send(request: string | Uint8Array): this {
    const text =
      typeof request === "string" ? request.replace("{dport}", `${this.listener.port}`) : request;
    this.p.send(text);
    return this;
  }

  /** The reply of that number, once it has come; an empty text if it never does. */
  async waitForReply(number = 1, limit = this.context.timeouts.reply): Promise<string> {
    const came = (): boolean => this.replies.length >= number;
    await this.context.waitFor(`reply ${number}`, limit, () => came() || this.p.hasEnded);
    return this.replies[number - 1] ?? "";
  }

  /** The first reply that begins with the code. */
  async waitForCode(code: string, limit = this.context.timeouts.reply): Promise<string> {
    const found = (): string | undefined =>
      this.replies.find((line) => line.startsWith(`${code} `));
    await this.context.waitFor(code, limit, () => found() !== undefined || this.p.hasEnded);
    const said = show(this.p.text);
    must(
      found() !== undefined,
      `a reply ${code}`,
      `${said} on P${this.p.hasEnded ? ", and its end" : ""}`,
    );
    return found() ?? "";
  }

  /** Until the server has ended P, as it does after its last reply. */
  async waitForEnd(limit = this.context.timeouts.reply): Promise<this> {
    await this.context.waitFor("the end of P", limit, () => this.p.hasEnded);
    return this;
  }

  /** Until the server has ended Q. */
  async waitForQEnd(limit = this.context.timeouts.reply): Promise<Buffer> {
    await this.context.waitFor("the end of Q", limit, () => this.q?.hasEnded === true);
    return this.q?.bytes ?? Buffer.alloc(0);
  }
}

/** P is open, the suite listens for Q, and nothing has been said. */
export async function openNative(
  context: CaseContext,
  server?: RunningServer,
): Promise<NativeClient> {
  const to = server ?? (await context.startServer());
  const door = context.listen("Q");
  return new NativeClient(context, to, await context.connect(to), door);
}

export async function askNative(
  context: CaseContext,
  request: string | Uint8Array,
): Promise<NativeClient> {
  return (await openNative(context)).send(request);
}

/** A client that asks for a file and stops reading: its transfer cannot end. */
export async function startStalledTransfer(context: CaseContext): Promise<NativeClient> {
  context.files.addEndless();
  const talk = await openNative(context);
  talk.listener.pausesReading = true;
  await talk.send("-g endless.txt {dport}\n").waitForCode("150");
  return talk;
}

/** The value of a key of a reply. */
export function readField(reply: string, name: string): string | undefined {
  const keys = /^\d{3} ((?:[^ =]+=[^ ]* )*)/.exec(reply)?.[1] ?? "";
  const pair = keys.split(" ").find((each) => each.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

export const sha256 = (bytes: Uint8Array): string =>
  new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
