// One client on the server: steps 5 to 8 of the assignment, from the command to the close of P.

import { formatError, Failure, replyFailure } from "../errors.ts";
import type { Connection } from "../net/connection.ts";
import { dial } from "../net/socket.ts";
import type { Command, ReplyFields } from "../protocol/protocol.ts";
import { ControlReader, type ControlRequest } from "./control-reader.ts";
import { PassivePort } from "./passive-port.ts";
import { RateWatch } from "./rate-watch.ts";
import { ReplyWriter } from "./reply-writer.ts";
import { sendFile } from "./sendfile.ts";
import type { ServerContext } from "./server-context.ts";

/** Bytes of a listing that are given to the kernel, or to TLS, at one time. */
const LISTING_PIECE = 256 * 1024;

/** What one client did, for the log. `bytes` were sent on Q; `code` and `text` are the last reply, and `code` is 0 without one. */
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
  unreadable?: readonly string[];
}

/** Serves one client. */
export class Session {
  readonly #started = performance.now();
  readonly #result: SessionResult;
  readonly #replies: ReplyWriter;
  readonly #reader: ControlReader;
  #q: Connection | undefined;
  #passivePort: PassivePort | undefined;
  /** Our port of Q. */
  #qPort = 0;
  #hasCommand = false;

  constructor(
    private readonly p: Connection,
    private readonly context: ServerContext,
  ) {
    const { login, limits } = context;
    const peer = p.remote.address;
    this.#result = { peer, command: "none", bytes: 0, seconds: 0, code: 0, text: "" };
    this.#replies = new ReplyWriter(p);
    this.#reader = new ControlReader(p, this.#replies, login, this.#started, limits.command);
  }

  /** Runs to the end and never throws: a failure is answered on P and noted in the result. */
  async run(): Promise<SessionResult> {
    const { tls, limits } = this.context;
    try {
      // Step 4: the time for the command has begun with the accept (N5.2), and the TLS handshake is a part of it.
      await tls?.acceptP(this.p, limits.command);
      const request = await this.#reader.read(); // steps 5 and 6
      await this.#carryOut(request); // step 7
    } catch (error) {
      this.p.cork();
      await this.#replyFailure(error);
    }
    // Step 8: the client closes P. The server only sends its FIN and waits for the client's.
    await this.p.finish(limits.linger).catch(() => {});
    const seconds = (performance.now() - this.#started) / 1000;
    return Object.assign(this.#result, { seconds }, this.#replies.last);
  }

  /** Ends a session that still waits for its command; a transfer goes on. */
  stop(): void {
    if (!this.#hasCommand) this.p.interrupt(replyFailure(421, "The server is stopping."));
  }

  /** Breaks both connections. */
  abort(): void {
    const reason = replyFailure(426, "The server was stopped.");
    this.#passivePort?.abort(reason);
    this.#q?.abort(reason);
    this.p.abort(reason);
  }

  /** Step 7: an invalid command is a failure; a valid one opens Q, and the rest of the step happens there. */
  async #carryOut(request: ControlRequest): Promise<void> {
    const { command, user, error } = request;
    if (user !== undefined) this.#result.user = user;
    if (error) throw error;
    if (!command) return;
    this.#hasCommand = true;
    this.p.ignoreInput();
    this.#result.command = command.kind === "list" ? "-l" : "-g";
    const { transfers } = this.context;
    using slot = transfers.acquire();
    if (!slot) throw replyFailure(421, "The server has too many transfers: try again later.");
    await using q = await (request.passive ? this.#acceptQ() : this.#dialQ(command.dataPort));
    this.#q = q;
    this.#qPort = q.local.port; // asked for now, because the client may break Q at any time
    await this.#transfer(q, command, request);
  }

  /** Q goes to the address that P comes from, and from the address at which P arrived. */
  async #dialQ(port: number): Promise<Connection> {
    const from = this.p.local.address;
    const { address } = this.p.remote;
    const q = await dial({ address, port }, this.context.limits.dial, { from });
    q.limitReceiveBuffer();
    return q;
  }

  /** After PASV the client opens Q, to the address at which P arrived, and proves itself with the key that P carries. */
  async #acceptQ(): Promise<Connection> {
    using port = new PassivePort(this.p, this.context);
    this.#passivePort = port;
    const fields = { port: await port.open(), key: port.key };
    await this.#reply(
      229,
      "Open the data connection to this port, and send the key on it.",
      fields,
    );
    return await port.waitForQ();
  }

  /** Step 7 once Q is open: sends on Q, or replies with an error on P; then closes Q. */
  async #transfer(q: Connection, command: Command, request: ControlRequest): Promise<void> {
    try {
      if (command.kind === "list") await this.#sendListing(q, request);
      else await this.#sendFile(q, command.name, request);
    } catch (error) {
      // A transfer that was cut must not look complete: if bytes were sent, Q ends with a reset.
      if (this.#result.bytes > 0) q.abort(error as Error);
      await this.#replyFailure(error);
      await q.finish(this.context.limits.linger);
    }
  }

  async #sendListing(q: Connection, { facts }: ControlRequest): Promise<void> {
    const { listings, longListings, limits } = this.context;
    const { p } = this;
    q.limitUnsent();
    using listing = await (facts ? longListings : listings).lend({
      get isGone() {
        return p.isClosed || q.isClosed;
      },
      cut: (reason) => q.abort(reason),
    });
    const { bytes, unlisted, unreadable = [] } = listing;
    Object.assign(this.#result, { unlisted, unreadable });
    await this.#announce(q, "Here comes the directory.", { bytes: bytes.length });
    q.cork();
    await this.#sendBytes(q, bytes);
    await q.finish(limits.linger);
    await this.#confirm("Directory sent.", { bytes: bytes.length });
  }

  async #sendBytes(q: Connection, bytes: Uint8Array): Promise<void> {
    using _watch = this.#watchRate(q);
    while (this.#result.bytes < bytes.length) {
      const sent = this.#result.bytes;
      const piece = bytes.subarray(sent, sent + LISTING_PIECE);
      const count = q.push(piece);
      this.#result.bytes += count;
      if (count < piece.length) await q.waitForDrain(this.context.limits.stall);
    }
  }

  async #sendFile(q: Connection, name: string, { offset, hash }: ControlRequest): Promise<void> {
    const { directory, method, limits, hashes } = this.context;
    this.#result.name = name;
    using file = await directory.open(name);
    if (offset > file.size) throw replyFailure(554, `The file has only ${file.size} bytes.`);
    const range = file.rangeFrom(offset);
    const bytes = range.length;
    const { version, modified } = file;
    const time = modified === undefined ? {} : { modify: modified };
    await this.#announce(q, "Here comes the file.", { bytes, version, ...time });
    const onSent = (count: number) => (this.#result.bytes += count);
    q.cork();
    {
      // The kernel takes a small file at once: there is no rate to watch, and a timer costs as much as a system call.
      using _watch = range.isCached ? undefined : this.#watchRate(q);
      await sendFile(q, range, { method, stall: limits.stall, onSent });
    }
    await q.finish(limits.linger);
    const digest = hash ? { sha256: await hashes.hash(file, this.#createGoneCheck()) } : {};
    await file.assertUnchanged();
    await this.#confirm("File sent.", { bytes, ...digest });
  }

  /** Breaks Q if the client takes bytes too slowly. */
  #watchRate(q: Connection): RateWatch {
    const { stall, minRate, rateWindow } = this.context.limits;
    const onTooSlow = (reason: Error) => q.abort(reason);
    return new RateWatch(minRate, Math.max(stall, rateWindow), () => this.#result.bytes, onTooSlow);
  }

  /**
   * Tells whether the client has left while its file is hashed. It may only have ended its side of P (N6.6), which looks
   * the same until the server sends something: such a client gets a little time.
   */
  #createGoneCheck(): () => boolean {
    let deadline = Infinity;
    return () => {
      if (this.p.hasEnded && deadline === Infinity)
        deadline = performance.now() + this.context.limits.linger;
      return this.p.isClosed || performance.now() > deadline;
    };
  }

  /** Replies `150`. Over TLS the client then proves that it is the peer on Q, if it has not opened Q: no byte is sent before that. */
  async #announce(q: Connection, text: string, fields: ReplyFields): Promise<void> {
    const { tls, limits } = this.context;
    const port = this.#qPort;
    if (!tls || this.#passivePort) return this.#reply(150, text, { ...fields, port });
    const key = tls.newKey();
    await this.#reply(150, text, { ...fields, port, key });
    await tls.acceptQ(q, key, limits.dial);
  }

  /** Replies `226`, in one segment with the FIN of P. */
  async #confirm(text: string, fields: ReplyFields): Promise<void> {
    this.p.cork();
    await this.#reply(226, text, fields);
  }

  async #replyFailure(error: unknown): Promise<void> {
    const code = (error instanceof Failure && error.code) || 450;
    const text =
      error instanceof Failure ? error.message : `The server failed: ${formatError(error)}`;
    await this.#reply(code, text).catch(() => {});
  }

  /** A client that does not read gets no more time before its command than it has for the command. */
  #reply(code: number, text: string, fields?: ReplyFields): Promise<void> {
    const ms = this.#hasCommand ? this.context.limits.stall : this.#reader.remaining;
    return this.#replies.write(code, text, ms, fields);
  }
}
