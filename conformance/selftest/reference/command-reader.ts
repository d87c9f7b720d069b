// Reads a request from P: option lines, perhaps a login, and the command.

import { decodeText } from "./directory.ts";
import type { LineFailure } from "./line-reader.ts";
import { Refusal, type ServerControl } from "./server-control.ts";
import type { UserAccount } from "./user-account.ts";

const FIRST_DELAY = 300; // milliseconds before the first wrong password is answered

export interface ClientRequest {
  command: string;
  offset: number;
  wantsHash: boolean;
  /** Sizes and times, too. */
  wantsFacts?: boolean;
  /** The client opens Q. */
  isPassive: boolean;
  /** Who has logged in; empty if nobody has. */
  user: string;
}

export class CommandReader {
  /** What USER said last. */
  userName = "";
  wrongTries = 0;
  readonly tryLimit: number = 3;

  constructor(
    readonly p: ServerControl,
    /** Who may log in; without it, everybody may give a command. */
    readonly account: UserAccount | undefined,
  ) {}

  /** Returns nothing if the client leaves without a command. */
  async read(): Promise<ClientRequest | undefined> {
    const request = { command: "", offset: 0, wantsHash: false, isPassive: false, user: "" };
    for (;;) {
      const line = await this.p.lines.next();
      if (typeof line === "string") return this.refuseLine(line);
      const text = this.decode(line);
      if (text === undefined) throw new Refusal("501 the request is not plain UTF-8 text");
      if (await this.readOption(text, request)) continue;
      if (!this.isAllowed(request)) throw new Refusal("530 USER and PASS come first");
      return { ...request, command: text };
    }
  }

  decode(line: Buffer): string | undefined {
    return decodeText(line);
  }

  async refuseLine(failure: LineFailure): Promise<undefined> {
    if (failure === "too long") throw new Refusal("500 line too long");
    if (failure === "TLS") throw new Refusal("500 this server does not speak TLS");
    if (failure === "too late") throw new Refusal("421 no command came in time");
  }

  /** Returns whether the line is an option; it is then noted and answered. */
  async readOption(line: string, request: ClientRequest): Promise<boolean> {
    const [word = "", value = ""] = line.split(/ (.*)/s);
    if (word === "HASH") request.wantsHash = true;
    else if (word === "FACTS") request.wantsFacts = true;
    else if (word === "PASV") request.isPassive = true;
    else if (word === "REST") request.offset = this.parseOffset(value);
    else if (word === "USER") this.userName = value;
    else if (word !== "PASS") return false;
    if (word === "PASS") await this.logIn(value, request);
    else await this.p.reply(word === "USER" ? "331 password, please" : "350 noted");
    return true;
  }

  parseOffset(value: string): number {
    if (/^\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value))) return Number(value);
    throw new Refusal("501 REST takes a number of bytes");
  }

  async logIn(password: string, request: ClientRequest): Promise<void> {
    if (this.account && !(await this.account.accepts(this.userName, password)))
      return this.refuseLogin(request);
    request.user = this.userName;
    await this.p.reply("230 welcome");
  }

  /** Each refusal comes later than the one before, and the last one ends the session. */
  async refuseLogin(request: ClientRequest): Promise<void> {
    request.user = "";
    await Bun.sleep(this.computeDelay(this.wrongTries++));
    const text = this.formatLoginError(this.userName);
    if (this.wrongTries >= this.tryLimit) throw new Refusal(text);
    await this.p.reply(text);
  }

  computeDelay(wrongTries: number): number {
    return FIRST_DELAY * 2 ** wrongTries;
  }

  formatLoginError(_userName: string): string {
    return "530 wrong name or password";
  }

  isAllowed({ user }: ClientRequest): boolean {
    return !this.account || user !== "";
  }
}
