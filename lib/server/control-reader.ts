// Steps 5 and 6 on the server: reads the options and the command of one client, and replies to each option.

import { type Login, MAX_ATTEMPTS } from "../auth/login.ts";
import { type Failure, failureKind, replyFailure } from "../errors.ts";
import type { Connection } from "../net/connection.ts";
import { LineSplitter } from "../protocol/line.ts";
import { type Command, MAX_LINE, parseRequest, type Request } from "../protocol/protocol.ts";
import type { ReplyWriter } from "./reply-writer.ts";

/** The first byte of a TLS connection (RFC 8446, section 5.1): no command begins with it. */
const TLS_HANDSHAKE = 0x16;

/** What a client asks for (N6.9 to N6.11, N6.18). */
export interface ControlRequest {
  /** Undefined if the client left without a command, or if there is an `error`. */
  command?: Command;
  /** The byte at which the file is to begin. */
  offset: number;
  /** True if the client asked for the hash of the file. */
  hash: boolean;
  /** True if the client asked for the size and the time of each file of a listing. */
  facts: boolean;
  /** True if the client opens Q. */
  passive: boolean;
  /** The name that the client tried to log in with, even if the login failed. */
  user?: string;
  /** What went wrong before there was a command. */
  error?: unknown;
}

/** Reads lines until there is a command, all within one time limit. */
export class ControlReader {
  readonly #request: ControlRequest = { offset: 0, hash: false, facts: false, passive: false };
  readonly #lines = new LineSplitter(MAX_LINE);
  readonly #deadline: number;
  /** The name of the last USER line. */
  #name: string | undefined;
  #failedLogins = 0;
  #isAllowed: boolean;

  /** The client has `timeout` ms in all, which began at the time `started`. */
  constructor(
    private readonly p: Connection,
    private readonly replies: ReplyWriter,
    private readonly login: Login | undefined,
    started: number,
    private readonly timeout: number,
  ) {
    this.#deadline = started + timeout;
    this.#isAllowed = login === undefined;
  }

  /** How much time the client has left, in ms. */
  get remaining(): number {
    return this.#deadline - performance.now();
  }

  /** Does not throw, since what was read before an error belongs to the log. */
  async read(): Promise<ControlRequest> {
    try {
      const command = await this.#readCommand();
      if (command) this.#request.command = command;
    } catch (error) {
      this.#request.error = error;
    }
    return this.#request;
  }

  async #readCommand(): Promise<Command | undefined> {
    for (let line; (line = await this.#readLine());) {
      const request = parseRequest(line);
      if (!("dataPort" in request)) await this.#handleOption(request);
      else if (this.#isAllowed) return request;
      else
        throw replyFailure(
          530,
          "This server wants a login: send USER and PASS before the command.",
        );
    }
    return undefined;
  }

  /** The next line, or undefined if the client has ended its side of P. */
  async #readLine(): Promise<Uint8Array | undefined> {
    for (;;) {
      const line = this.#lines.next();
      if (line) return line;
      const isNewLine = this.#lines.isEmpty;
      const bytes = await this.#readBytes();
      if (!bytes && isNewLine) return undefined;
      if (!bytes) throw replyFailure(500, "The line has no LF at its end.");
      if (isNewLine && bytes[0] === TLS_HANDSHAKE)
        throw replyFailure(500, "This server does not speak TLS: leave --tls out.");
      this.#lines.push(bytes);
    }
  }

  async #readBytes(): Promise<Uint8Array | undefined> {
    try {
      return await this.p.read(this.remaining);
    } catch (error) {
      const isTimeout = failureKind(error) === "timeout";
      throw isTimeout ? this.#timeoutFailure(!this.#lines.isEmpty) : error;
    }
  }

  #timeoutFailure(isInsideLine: boolean): Failure {
    const what = isInsideLine ? "The line had no LF at its end" : "No command came";
    return replyFailure(421, `${what} within ${this.timeout / 1000} s.`);
  }

  /** After each option other clients get their turn, and the time limit is checked: a flood of options gains nothing. */
  async #handleOption(option: Exclude<Request, Command>): Promise<void> {
    await this.#applyOption(option);
    await new Promise(setImmediate);
    if (this.remaining < 0) throw this.#timeoutFailure(false);
  }

  async #applyOption(option: Exclude<Request, Command>): Promise<void> {
    switch (option.kind) {
      case "user":
        this.#assertPrivate();
        this.#name = option.name;
        return this.#reply(331, "Now send the password.");
      case "pass":
        return this.#logIn(option.password);
      case "rest":
        this.#request.offset = option.offset;
        return this.#reply(350, `The next -g begins at byte ${option.offset}.`);
      case "hash":
        this.#request.hash = true;
        return this.#reply(350, "The next -g ends with a SHA-256.");
      case "facts":
        this.#request.facts = true;
        return this.#reply(350, "The next -l has the size and the time of each file.");
      case "passive":
        this.#request.passive = true;
        return this.#reply(350, "The next command lets you open the data connection.");
    }
  }

  /** Over TLS a login has no such fault. A client sends its password only after `331` (N6.12), so it is kept from sending it. */
  #assertPrivate(): void {
    const fault = this.login?.findClearFault(this.p.local, this.p.remote);
    if (fault) throw fault;
  }

  async #logIn(password: string): Promise<void> {
    if (!this.login) return this.#reply(230, "Welcome. No login is needed here.");
    if (this.#name === undefined) throw replyFailure(530, "USER comes before PASS.");
    this.#request.user = this.#name;
    this.#isAllowed = await this.login.check(this.#name, password, this.p.remote.address);
    if (this.#isAllowed) return this.#reply(230, "Welcome.");
    if (++this.#failedLogins >= MAX_ATTEMPTS)
      throw replyFailure(530, "Wrong name or password, too many times.");
    await this.#reply(530, "Wrong name or password.");
  }

  #reply(code: number, text: string): Promise<void> {
    return this.replies.write(code, text, this.remaining);
  }
}
