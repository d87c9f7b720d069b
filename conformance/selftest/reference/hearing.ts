// What the honest server hears on P: the options, a login, and the command.

import type { Socket } from "node:net";
import type { Account } from "./account.ts";
import { plainText } from "./folder.ts";
import { type Broken, Lines } from "./line.ts";

const LINE = 4_096; // of PROTOCOL.md
const REQUEST_LIMIT = 5_000; // a person has typed the command before the client connects
const MOST_TRIES = 3;

const WELCOME: Record<string, string> = { USER: "331 password, please", PASS: "230 welcome" };

/** A reply that ends the session. */
export class Refusal extends Error {}

export abstract class Hearing {
  offset = 0;
  hashes = false;
  /** A command has come, and is being carried out. */
  busy = false;
  readonly lines: Lines;
  /** Who may log in; anybody may give a command where there is none. */
  account: Account | undefined;
  user = "";
  welcome = false;
  tries = 0;

  constructor(
    readonly p: Socket,
    readonly root: string,
  ) {
    p.setNoDelay(true);
    this.lines = new Lines(p, LINE, REQUEST_LIMIT);
  }

  async request(): Promise<void> {
    for (;;) {
      const line = await this.lines.next();
      if (typeof line === "string") return this.broken(line);
      const text = this.text(line);
      if (text === undefined)
        throw new Refusal("501 control characters or no UTF-8 in the request");
      if (await this.option(text)) continue;
      if (!this.mayCommand) throw new Refusal("530 USER and PASS come first");
      this.busy = true;
      return this.command(text);
    }
  }

  text(line: Buffer): string | undefined {
    return plainText(line);
  }

  async broken(how: Broken): Promise<void> {
    if (how === "too long") throw new Refusal("500 line too long");
    if (how === "foreign") throw new Refusal("500 this server does not speak TLS");
    if (how === "too late") throw new Refusal("421 no command came in time");
  }

  async option(line: string): Promise<boolean> {
    const [word = "", value = ""] = line.split(/ (.*)/s);
    if (word === "HASH") this.hashes = true;
    else if (word === "REST") this.offset = this.rest(value);
    else if (word === "PASS" && this.account) return this.logIn(this.account, value);
    else if (word === "USER") this.user = value;
    else if (word !== "PASS") return false;
    await this.reply(WELCOME[word] ?? "350 noted");
    return true;
  }

  get mayCommand(): boolean {
    return this.welcome || !this.account;
  }

  /** Each refusal comes later than the one before, and after some there is no more. */
  async logIn(account: Account, password: string): Promise<true> {
    this.welcome = await account.admits(this.user, password);
    if (!this.welcome) await Bun.sleep(this.delay(this.tries++));
    const text = this.welcome ? "230 welcome" : this.wrong();
    if (!this.welcome && this.tries >= MOST_TRIES) throw new Refusal(text);
    await this.reply(text);
    return true;
  }

  wrong(): string {
    return "530 wrong name or password";
  }

  delay(before: number): number {
    return 300 * 2 ** before;
  }

  rest(value: string): number {
    if (/^\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value))) return Number(value);
    throw new Refusal("501 REST takes a number of bytes");
  }

  async reply(text: string): Promise<void> {
    if (this.p.writable) this.p.write(`${text}\n`);
  }

  abstract command(line: string): Promise<void>;
}
