// One conversation of the client: P from its opening to its close, and Q in between.

import { isLoopback, resolveHost } from "../net/address.ts";
import { readNumber, toFailure, readVersion } from "./reply-fields.ts";
import type { Connection } from "../net/connection.ts";
import { DataPort } from "./data-port.ts";
import { describe, Failure } from "../errors.ts";
import { LineSplitter } from "../protocol/line.ts";
import {
  type Command,
  formatRequest,
  MAX_LINE,
  parseReply,
  type Reply,
  type Request,
} from "../protocol/protocol.ts";
import { dial } from "../net/socket.ts";
import type { Credentials, ConnectOptions } from "./connect-options.ts";
import { sanitizeForDisplay } from "../text.ts";
import type { SecureQ } from "../tls/tls-client.ts";

/** What `150` says (N7.3): how many bytes follow on Q, and which state of the file they are of. */
export interface Announcement {
  readonly bytes: number;
  readonly version: string;
}

/** Takes the payload of Q. */
export interface Sink {
  /** Takes bytes; a promise holds the server back until it is settled. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** Takes at most `most` bytes from a socket past this process, and returns how many: 0 where there are none, or where it cannot. */
  splice?(socket: number, most: number): number;
}

/** How long the reason of a broken transfer is waited for on P, in ms: it is there already, or it never comes. */
const REASON_PATIENCE = 1000;

/** P, with one command on it. Disposing of it closes P, Q and the data port, whatever has happened. */
export class ClientSession implements Disposable {
  readonly #lines = new LineSplitter(MAX_LINE);
  #q: Connection | undefined;
  #secureQ: SecureQ | undefined;

  private constructor(
    private readonly p: Connection,
    private readonly target: ConnectOptions,
    private readonly dataPort: DataPort,
  ) {
    target.signal?.addEventListener("abort", this.#abort);
  }

  /** Step 4: opens P, to the first address of the host that answers; and listens for Q, before anything is sent. */
  static async open(target: ConnectOptions): Promise<ClientSession> {
    const p = await dialAny(target);
    let exchange;
    try {
      const dataPort = new DataPort(p.local.address, target.dataPort, p.remote.address);
      exchange = new ClientSession(p, target, dataPort);
      exchange.#secureQ = await target.tls?.connectP(p, target.timeout);
      if (target.login) await exchange.#logIn(target.login);
      return exchange;
    } catch (error) {
      exchange?.[Symbol.dispose]();
      p.close();
      target.signal?.throwIfAborted();
      throw error;
    }
  }

  /** Sends a line that precedes the command, and waits for its reply (N6.12). */
  async sendOption(request: Exclude<Request, Command>): Promise<void> {
    await this.#send(request);
    const reply = await this.#reply();
    if (reply.code < 200 || reply.code >= 400) throw toFailure(reply);
  }

  /** Step 6: sends the command, and waits for `150` and for Q. Throws a `Failure` with the server's words where it refuses. */
  async sendCommand(make: (dataPort: number) => Command): Promise<Announcement> {
    await this.#send(make(this.dataPort.port));
    const reply = await this.#reply();
    if (reply.code !== 150) throw toFailure(reply);
    const bytes = readNumber(reply, "bytes");
    const { timeout } = this.target;
    this.#q = await this.dataPort.waitForQ(readNumber(reply, "port"), timeout);
    await this.#secureQ?.(this.#q, reply.fields.get("key") ?? "", timeout);
    return { bytes, version: readVersion(reply) };
  }

  /**
   * Step 7: takes exactly `bytes` bytes from Q, closes it, and returns the `226`. Anything else throws (N7.16). The server
   * gets `extra` ms more for the `226` than for other replies. `progress` hears how many bytes have come.
   */
  async receivePayload(
    bytes: number,
    to: Sink,
    { extra = 0, progress }: { extra?: number; progress?: (received: number) => void } = {},
  ): Promise<Reply> {
    const q = this.#q as Connection;
    let received = 0;
    const count = (more: number): number => {
      received += more;
      if (received > bytes)
        throw new Failure("protocol", `The server sent more than the ${bytes} bytes it announced.`);
      progress?.(received);
      return more;
    };
    const sink = (piece: Uint8Array) => (count(piece.length), to.write(piece));
    const draw = (socket: number) => count(to.splice?.(socket, bytes - received) ?? 0);
    const broken = await q.receive(sink, this.target.stall, draw).catch((error: Error) => error);
    q.close();
    if (broken && !(broken instanceof Failure && broken.kind === "incomplete")) throw broken;
    if (received < bytes) throw await this.#cut(received, bytes);
    const reply = await this.#reply(this.target.timeout + extra);
    if (reply.code === 226 && readNumber(reply, "bytes") === bytes) return reply;
    throw new Failure(
      "incomplete",
      `The server did not confirm the transfer: ${sanitizeForDisplay(reply.text)}`,
    );
  }

  /** Step 8: closes P; nothing stays open. */
  [Symbol.dispose](): void {
    this.target.signal?.removeEventListener("abort", this.#abort);
    this.dataPort[Symbol.dispose]();
    this.#q?.close();
    this.p.close();
  }

  /** The password follows only after `331`, and in the clear only to this host itself, unless the user insists (N6.12). */
  async #logIn({ name, password, insecure }: Credentials): Promise<void> {
    const { address } = this.p.remote;
    if (!insecure && !this.#secureQ && !isLoopback(address)) {
      const what = `A password would travel to ${address} for everyone on the way to read`;
      throw new Failure("login", `${what}: use --tls, or --insecure-login if you accept that.`);
    }
    await this.sendOption({ kind: "user", name });
    await this.sendOption({ kind: "pass", password });
  }

  readonly #abort = (): void => {
    const reason = this.target.signal?.reason;
    this.dataPort[Symbol.dispose]();
    this.dataPort.abort(reason);
    this.#q?.abort(reason);
    this.p.abort(reason);
  };

  async #send(request: Request): Promise<void> {
    await this.p.write(formatRequest(request), this.target.timeout);
  }

  async #reply(patience = this.target.timeout): Promise<Reply> {
    const until = performance.now() + patience;
    for (;;) {
      const line = this.#lines.next();
      if (line) return parseReply(line);
      const bytes = await this.p.read(until - performance.now());
      if (!bytes)
        throw new Failure(
          "incomplete",
          "The server closed the control connection without a reply.",
        );
      this.#lines.push(bytes);
    }
  }

  /** The failure for a transfer that ended too early, with the server's reason where it gives one. */
  async #cut(received: number, bytes: number): Promise<Failure> {
    const reason = await this.#reply(REASON_PATIENCE).then(
      (reply) => sanitizeForDisplay(reply.text),
      (error) => describe(error),
    );
    return new Failure("incomplete", `Only ${received} of ${bytes} bytes came: ${reason}`);
  }
}

async function dialAny({ host, port, timeout, signal }: ConnectOptions): Promise<Connection> {
  let failure: unknown;
  for (const address of await resolveHost(host)) {
    signal?.throwIfAborted();
    try {
      return await dial({ address, port }, timeout, { signal });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
