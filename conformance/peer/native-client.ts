// A talk in the native dialect, byte by byte: for the N rules, which judge the wire itself.

import type { Attempt, Target } from "../harness/context.ts";
import { show } from "../net/bytes.ts";
import type { Channel } from "../net/connection.ts";
import { REPLY_LIMIT } from "../spec/timeouts.ts";
import { must } from "../spec/verdict.ts";
import type { Door } from "../net/sockets.ts";

export class Talk {
  constructor(
    readonly attempt: Attempt,
    readonly server: Target,
    readonly p: Channel,
    readonly door: Door,
  ) {}

  get q(): Channel | undefined {
    return this.door.first;
  }

  /** The whole lines that came on P. */
  get replies(): string[] {
    return this.p.text.split("\n").slice(0, -1);
  }

  /** Fills in the data port and sends it in one piece. */
  say(request: string | Uint8Array): this {
    const text =
      typeof request === "string" ? request.replace("{dport}", `${this.door.port}`) : request;
    this.p.send(text);
    return this;
  }

  /** The reply of that number, once it has come; an empty text if it never does. */
  async reply(number = 1, limit = REPLY_LIMIT): Promise<string> {
    const came = (): boolean => this.replies.length >= number;
    await this.attempt.within(`reply ${number}`, limit, () => came() || this.p.over);
    return this.replies[number - 1] ?? "";
  }

  /** The first reply that begins with the code. */
  async code(code: string, limit = REPLY_LIMIT): Promise<string> {
    const found = (): string | undefined =>
      this.replies.find((line) => line.startsWith(`${code} `));
    await this.attempt.within(code, limit, () => found() !== undefined || this.p.over);
    const said = show(this.p.text);
    must(
      found() !== undefined,
      `a reply ${code}`,
      `${said} on P${this.p.over ? ", and its end" : ""}`,
    );
    return found() ?? "";
  }

  /** Until the server has ended P, as it does after its last reply. */
  async end(limit = REPLY_LIMIT): Promise<this> {
    await this.attempt.within("the end of P", limit, () => this.p.over);
    return this;
  }

  /** Until the server has ended Q. */
  async drained(limit = REPLY_LIMIT): Promise<Buffer> {
    await this.attempt.within("the end of Q", limit, () => this.q?.over === true);
    return this.q?.bytes ?? Buffer.alloc(0);
  }
}

/** P is open, the suite listens for Q, and nothing has been said. */
export async function open(attempt: Attempt, server?: Target): Promise<Talk> {
  const to = server ?? (await attempt.server());
  const door = attempt.door("Q");
  return new Talk(attempt, to, await attempt.connect(to), door);
}

export async function ask(attempt: Attempt, request: string | Uint8Array): Promise<Talk> {
  return (await open(attempt)).say(request);
}

/** A client that asks for a file and stops reading: its transfer cannot end. */
export async function stall(attempt: Attempt): Promise<Talk> {
  attempt.files.addEndless();
  const talk = await open(attempt);
  talk.door.stalls = true;
  await talk.say("-g endless.txt {dport}\n").code("150");
  return talk;
}

/** The value of a key of a reply. */
export function key(reply: string, name: string): string | undefined {
  const keys = /^\d{3} ((?:[^ =]+=[^ ]* )*)/.exec(reply)?.[1] ?? "";
  const pair = keys.split(" ").find((each) => each.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

export const sha256 = (bytes: Uint8Array): string =>
  new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
