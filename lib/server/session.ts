// One client on the server: steps 5 to 8 of the assignment, from the command to the close of P.

import type { Connection } from "../net/connection.ts";
import { sha256 } from "../sys/digest.ts";
import type { Directory } from "./directory.ts";
import { describe, Failure, replyFailure } from "../errors.ts";
import { ControlReader } from "./control-reader.ts";
import type { Limits } from "./limits.ts";
import type { Login } from "../auth/login.ts";
import { type Command, formatReply } from "../protocol/protocol.ts";
import { type SendMethod, sendFile } from "./sendfile.ts";
import type { Semaphore } from "../net/semaphore.ts";
import { dial } from "../net/socket.ts";
import type { TlsServer } from "../tls/tls-server.ts";

/** What every session of a server shares. */
export interface ServerContext {
  readonly directory: Directory;
  readonly limits: Limits;
  readonly method: SendMethod;
  /** Who may give a command; undefined where everyone may. */
  readonly login?: Login | undefined;
  /** Encrypts both connections; undefined where they are in the clear. */
  readonly tls?: TlsServer | undefined;
  /** For the commands that are carried out at once; undefined where nobody counts them. */
  readonly transfers?: Semaphore | undefined;
}

/** What came of one client, for the log. `code` is the last reply, whether it arrived or not, 0 where there was none to give; `bytes` went out on Q. */
export interface SessionResult {
  readonly peer: string;
  user?: string;
  command: "-l" | "-g" | "none";
  name?: string;
  bytes: number;
  seconds: number;
  code: number;
  text: string;
  unlisted?: readonly string[];
}

/** Serves one client, and keeps account of it. */
export class Session {
  readonly outcome: SessionResult;
  readonly #started = performance.now();
  readonly #hearing: ControlReader;
  #q: Connection | undefined;
  #busy = false;

  constructor(
    private readonly p: Connection,
    private readonly service: ServerContext,
  ) {
    const { login, limits } = service;
    const answer = (code: number, text: string) => this.#reply(code, text);
    this.#hearing = new ControlReader(p, login, this.#started, limits.command, answer);
    const { address } = p.remote;
    this.outcome = { peer: address, command: "none", bytes: 0, seconds: 0, code: 0, text: "" };
  }

  /** Runs to the end and never throws: whatever goes wrong is answered on P and noted in the outcome. */
  async run(): Promise<SessionResult> {
    try {
      // The time for a command begins with the accept (N5.2), and the handshake is a part of it.
      await this.service.tls?.acceptP(this.p, this.service.limits.command);
      const command = await this.#hearing.command();
      if (command) await this.#carryOut(command);
    } catch (error) {
      this.p.cork();
      await this.#answerFailure(error);
    }
    // Step 8: the client closes P. We only send our FIN, and wait for its own.
    await this.p.finish(this.service.limits.linger).catch(() => {});
    const { claimed } = this.#hearing;
    if (claimed !== undefined) this.outcome.user = claimed;
    this.outcome.seconds = (performance.now() - this.#started) / 1000;
    return this.outcome;
  }

  /** Ends a session that still waits for its command; one that is at work goes on. */
  stop(): void {
    if (!this.#busy) this.p.interrupt(replyFailure(421, "The server is stopping."));
  }

  /** Breaks both connections. */
  abort(): void {
    const reason = replyFailure(426, "The server was stopped.");
    this.#q?.abort(reason);
    this.p.abort(reason);
  }

  /** Step 7, the valid command: dial Q, then validate the name, then send on Q or fail on P, then close Q. */
  async #carryOut(command: Command): Promise<void> {
    this.#busy = true;
    this.outcome.command = command.kind === "list" ? "-l" : "-g";
    const { limits, transfers } = this.service;
    using slot = transfers?.take();
    if (transfers && !slot)
      throw replyFailure(421, "The server has too much to send at once: try again later.");
    const { address } = this.p.remote;
    await using q = await dial({ address, port: command.dataPort }, limits.dial, {
      from: this.p.local.address,
    });
    this.#q = q;
    try {
      if (command.kind === "list") await this.#sendListing(q);
      else await this.#sendFile(q, command.name);
    } catch (error) {
      // A transfer that was cut must not look like a whole one: where bytes went out, Q ends by a reset.
      if (this.outcome.bytes > 0) q.abort(error as Error);
      await this.#answerFailure(error);
      await q.finish(limits.linger);
    }
  }

  async #sendListing(q: Connection): Promise<void> {
    const { bytes, unlisted } = await this.service.directory.list();
    this.outcome.unlisted = unlisted;
    await this.#announce(q, "Here comes the directory.", { bytes: bytes.length });
    q.cork();
    await q.write(bytes, this.service.limits.stall);
    this.outcome.bytes = bytes.length;
    await q.finish(this.service.limits.linger);
    this.p.cork();
    await this.#reply(226, "Directory sent.", { bytes: bytes.length });
  }

  async #sendFile(q: Connection, name: string): Promise<void> {
    this.outcome.name = name;
    using file = this.service.directory.open(name);
    const { offset, hash } = this.#hearing;
    if (offset > file.size) throw replyFailure(554, `The file has only ${file.size} bytes.`);
    const bytes = file.size - offset;
    await this.#announce(q, "Here comes the file.", { bytes, version: file.version });
    const { method, limits } = this.service;
    const sent = (count: number) => (this.outcome.bytes += count);
    q.cork();
    await sendFile(
      q,
      { fd: file.fd, offset, length: bytes },
      { method, stall: limits.stall, sent },
    );
    await q.finish(limits.linger);
    const digest = hash ? { sha256: await sha256(file.fd, file.size) } : {};
    if (file.changed) throw replyFailure(450, "The file changed while it was sent.");
    this.p.cork();
    await this.#reply(226, "File sent.", { bytes, ...digest });
  }

  /** `150` and, over TLS, the client's proof that it is the one on Q, without which no byte goes out. */
  async #announce(q: Connection, text: string, facts: { bytes: number; version?: string }) {
    const { tls } = this.service;
    const { port } = q.local;
    if (!tls) return this.#reply(150, text, { ...facts, port });
    const key = tls.newKey();
    await this.#reply(150, text, { ...facts, port, key });
    await tls.acceptQ(q, key, this.service.limits.dial);
  }

  /** Step 7, everything else: the error goes to P, where the client is still there to read it. */
  async #answerFailure(error: unknown): Promise<void> {
    const code = (error instanceof Failure && error.code) || 450;
    const text = error instanceof Failure ? error.message : `The server failed: ${describe(error)}`;
    await this.#reply(code, text).catch(() => {});
  }

  async #reply(
    code: number,
    text: string,
    facts: Readonly<Record<string, string | number>> = {},
  ): Promise<void> {
    this.outcome.code = code;
    this.outcome.text = text;
    // Before its command a client has no more time than the command: one that reads no replies is stalling too.
    const { stall, command } = this.service.limits;
    const patience = this.#busy ? stall : this.#started + command - performance.now();
    await this.p.write(formatReply(code, text, facts), patience);
  }
}
