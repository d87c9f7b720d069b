// Steps 5 and 6 on the server: the client's options are granted, and its command is waited for, all by one clock.

import type { Connection } from "../net/connection.ts";
import { Failure, replyFailure } from "../errors.ts";
import { LineSplitter } from "../protocol/line.ts";
import { type Login, MOST_TRIES } from "../auth/login.ts";
import { type Command, MAX_LINE, parseRequest, type Request } from "../protocol/protocol.ts";

/** How a client's TLS begins (RFC 8446, section 5.1), and no command. */
const TLS_HANDSHAKE = 0x16;

/** Sends a reply on P. */
type Answer = (code: number, text: string) => Promise<void>;

/** What one client says before and with its command, and what came of its options (N6.9 to N6.11). */
export class ControlReader {
  /** Where the file is to begin, in bytes. */
  offset = 0;
  /** True where the hash of the file was asked for. */
  hash = false;
  /** The user that the client tried to log in as, rightly or not. */
  claimed: string | undefined;
  #user: string | undefined;
  #tries = 0;
  #welcome: boolean;

  /** `time` is how long the client has in all, in ms, from `started` on. */
  constructor(
    private readonly p: Connection,
    private readonly login: Login | undefined,
    private readonly started: number,
    private readonly time: number,
    private readonly answer: Answer,
  ) {
    this.#welcome = login === undefined;
  }

  /** Waits for the command, which options may precede. Undefined where the client leaves without one. */
  async command(): Promise<Command | undefined> {
    const lines = new LineSplitter(MAX_LINE);
    for (;;) {
      for (let line; (line = lines.next());) {
        const request = parseRequest(line);
        if (!("dataPort" in request)) await this.#option(request);
        else if (this.#welcome) return request;
        else throw replyFailure(530, "Log in first: USER and PASS come before the command.");
      }
      const bytes = await this.#read(!lines.empty);
      if (!bytes && lines.empty) return undefined;
      if (!bytes) throw replyFailure(500, "The line was not ended by LF.");
      if (lines.empty && bytes[0] === TLS_HANDSHAKE)
        throw replyFailure(500, "This server does not speak TLS: leave --tls out.");
      lines.push(bytes);
    }
  }

  get #until(): number {
    return this.started + this.time;
  }

  /** The next bytes, or the reply for who is too late; `begun` where a part of a line is there. */
  async #read(begun: boolean): Promise<Uint8Array | undefined> {
    try {
      return await this.p.read(this.#until - performance.now());
    } catch (error) {
      throw error instanceof Failure && error.kind === "timeout" ? this.#tooLate(begun) : error;
    }
  }

  /** Others get their turn after each option, and the time is looked at: a client that floods gets no further with it. */
  async #option(option: Exclude<Request, Command>): Promise<void> {
    await this.#grant(option);
    await new Promise(setImmediate);
    if (performance.now() > this.#until) throw this.#tooLate(false);
  }

  #tooLate(begun: boolean): Failure {
    const within = `within ${this.time / 1000} s`;
    if (!begun) return replyFailure(421, `No command came ${within}.`);
    return replyFailure(421, `The line was not ended by LF ${within}.`);
  }

  async #grant(option: Exclude<Request, Command>): Promise<void> {
    switch (option.kind) {
      case "user":
        this.#user = option.name;
        return this.answer(331, "And the password?");
      case "pass":
        return this.#logIn(option.password);
      case "rest":
        this.offset = option.offset;
        return this.answer(350, `The next -g begins at byte ${option.offset}.`);
      case "hash":
        this.hash = true;
        return this.answer(350, "The next -g ends with a SHA-256.");
    }
  }

  async #logIn(password: string): Promise<void> {
    if (!this.login) return this.answer(230, "Welcome. No login is needed here.");
    if (this.#user === undefined) throw replyFailure(530, "USER comes before PASS.");
    this.claimed = this.#user;
    this.#welcome = await this.login.check(this.#user, password, this.p.remote.address);
    if (this.#welcome) return this.answer(230, "Welcome.");
    if (++this.#tries >= MOST_TRIES)
      throw replyFailure(530, "Wrong name or password, once too often.");
    await this.answer(530, "Wrong name or password.");
  }
}
