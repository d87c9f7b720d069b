// One session of the client: opens P, sends one command on it, receives Q, and closes everything.

import type { Connection } from "../net/connection.ts";
import { isLoopback, isSameHost } from "../net/address.ts";
import { dialHost } from "../net/dial-host.ts";
import { formatSeconds } from "../net/receiver.ts";
import { parseFileTime } from "../protocol/file-time.ts";
import { LineSplitter } from "../protocol/line.ts";
import { LOWEST_DATA_PORT } from "../protocol/port.ts";
import {
  type Command,
  formatRequest,
  MAX_LINE,
  parseReply,
  type Reply,
  type Request,
} from "../protocol/protocol.ts";
import { formatError, Failure, failureKind } from "../errors.ts";
import { sanitizeForDisplay } from "../text.ts";
import type { ConnectOptions, Credentials } from "./connect-options.ts";
import { DataPort, noArrivalFailure } from "./data-port.ts";
import { receivePayload, type Sink } from "./payload.ts";
import {
  findFailureCode,
  readNumber,
  readVersion,
  toDialFailure,
  toFailure,
} from "./reply-fields.ts";

/** What `150` says (N7.3): how many bytes follow on Q, and of which version of the file. */
export interface Announcement {
  readonly bytes: number;
  readonly version: string;
  /** When the file was written for the last time, in ms since 1970, if the server says so (N7.34). */
  readonly modified: number | undefined;
}

/** How long to wait on P for the reason of a broken transfer, in ms. The server has sent it by then, or never will. */
const REASON_TIMEOUT = 1000;

/** How long the reply after `150` is listened for, in ms: as long as a timer can run. Whoever needs the reply waits less. */
const WHOLE_TRANSFER = 2 ** 31 - 1;

/** Disposing of it closes P, Q and the data port at any stage. */
export class ClientSession implements Disposable {
  readonly #lines = new LineSplitter(MAX_LINE);
  /** Undefined if the client opens Q. */
  readonly #dataPort: DataPort | undefined;
  #q: Connection | undefined;
  /** Of P's certificate; empty without TLS. */
  #fingerprint = "";
  /** The last reply, from `150` on. A server can send it at any time: before Q comes, during the transfer, or after. */
  #finalReply: Promise<Reply> | undefined;

  private constructor(
    private readonly p: Connection,
    private readonly options: ConnectOptions,
  ) {
    if (!options.mode?.isPassive)
      this.#dataPort = new DataPort(
        p.local.address,
        options.dataPort,
        p.remote.address,
        options.shared?.listeners,
      );
    options.signal?.addEventListener("abort", this.#abort);
  }

  /** Step 4: opens P, listens for Q unless the client is to open it, and logs in. */
  static async open(options: ConnectOptions): Promise<ClientSession> {
    const { host, port, timeout, signal, shared } = options;
    const p = await (shared
      ? shared.dial(host, port, timeout, signal)
      : dialHost(host, port, timeout, signal));
    p.keepAlive();
    let session;
    try {
      session = new ClientSession(p, options);
      if (options.tls) session.#fingerprint = await options.tls.connectP(p, options.timeout);
      if (options.login) await session.#logIn(options.login);
      return session;
    } catch (error) {
      session?.[Symbol.dispose]();
      p.close();
      options.signal?.throwIfAborted();
      throw error;
    }
  }

  /** The port that a command must name, also if it is not used. */
  get dataPort(): number {
    return this.#dataPort?.port ?? Math.max(this.options.dataPort, LOWEST_DATA_PORT);
  }

  /** Sends a line that precedes the command, and waits for its reply (N6.12). */
  async sendOption(request: Exclude<Request, Command>): Promise<void> {
    const reply = await this.#request(request);
    if (reply.code < 200 || reply.code >= 400) throw toFailure(reply);
  }

  /** Step 6: sends the command, and waits for `150` and Q. Throws a `Failure` with the server's words if it refuses. */
  async sendCommand(command: Command): Promise<Announcement> {
    const reply = await (this.#dataPort
      ? this.#requestQ(this.#dataPort, command)
      : this.#openQ(command));
    if (reply.code !== 150) throw this.#toFailure(reply);
    const bytes = readNumber(reply, "bytes");
    const port = readNumber(reply, "port");
    this.#listenForFinalReply();
    if (this.#dataPort) await this.#acceptQ(this.#dataPort, port, reply.fields.get("key"));
    const modified = parseFileTime(reply.fields.get("modify") ?? "");
    return { bytes, version: readVersion(reply), modified };
  }

  /** Sends the command. If the client may open Q itself, it does not wait long for a server that is silent on both connections. */
  async #requestQ(dataPort: DataPort, command: Command): Promise<Reply> {
    const { mode, timeout } = this.options;
    const limit = mode?.limitArrival(timeout);
    await this.p.write(formatRequest(command), timeout);
    try {
      return await this.#readReply(limit);
    } catch (error) {
      if (limit === undefined || failureKind(error) !== "timeout") throw error;
      if (!dataPort.hasArrivals) throw noArrivalFailure(dataPort.port, limit);
    }
    return await this.#readReply();
  }

  async #acceptQ(dataPort: DataPort, port: number, key = ""): Promise<void> {
    const { mode, timeout, tls } = this.options;
    this.#q = await dataPort.waitForQ(port, mode?.limitArrival(timeout) ?? timeout);
    await tls?.connectQ(this.#q, this.#fingerprint, key, timeout);
  }

  /** The code for Q from this end is loaded only if it is used. */
  async #openQ(command: Command): Promise<Reply> {
    const { openQ } = await import("./passive.ts");
    const { address } = this.p.remote;
    const readReply = () => this.#readReply();
    const request = (line: Request) => this.#request(line);
    const p = { address, fingerprint: this.#fingerprint, request, readReply };
    const { q, reply } = await openQ(p, command, this.options);
    this.#q = q;
    return reply;
  }

  #toFailure(reply: Reply): Failure {
    if (reply.code !== 425 || !this.#dataPort) return toFailure(reply);
    return toDialFailure(reply, this.dataPort, !isSameHost(this.p.local, this.p.remote));
  }

  /** While Q is awaited, an error on P ends the wait: no Q comes any more, or it was reset before we could accept it. */
  #listenForFinalReply(): void {
    this.#finalReply = this.#readReply(WHOLE_TRANSFER);
    this.#finalReply.then(
      (reply) => {
        const text = sanitizeForDisplay(reply.text);
        if (reply.code >= 400)
          this.#dataPort?.abort(new Failure("incomplete", text, findFailureCode(reply)));
      },
      (error) => this.#dataPort?.abort(error),
    );
  }

  /**
   * Step 7: receives exactly `bytes` bytes on Q, closes it, and returns the `226`. Throws for anything else (N7.16).
   * `extraTime` in ms is added to the time limit of the `226`. `onProgress` gets the number of bytes received so far.
   */
  async receivePayload(
    bytes: number,
    sink: Sink,
    extraTime = 0,
    onProgress: (received: number) => void = () => {},
  ): Promise<Reply> {
    const q = this.#q as Connection;
    const received = await receivePayload(q, bytes, sink, this.options.stall, onProgress);
    if (received < bytes) throw await this.#explainShortage(received, bytes);
    const reply = await this.#waitForFinalReply(this.options.timeout + extraTime).catch((error) => {
      throw unconfirmedFailure(bytes, error);
    });
    if (reply.code === 226 && readNumber(reply, "bytes") === bytes) return reply;
    const text = sanitizeForDisplay(reply.text);
    const sentence = `The server did not confirm the transfer: ${text}`;
    throw new Failure("incomplete", sentence, findFailureCode(reply));
  }

  /** Step 8: closes P; nothing stays open. */
  [Symbol.dispose](): void {
    this.options.signal?.removeEventListener("abort", this.#abort);
    this.#dataPort?.[Symbol.dispose]();
    this.#q?.close();
    this.p.close();
  }

  /** Sends the password only after `331`, and to another host only over TLS unless the user allows the clear (N6.12). */
  async #logIn({ name, password, insecure }: Credentials): Promise<void> {
    const { address } = this.p.remote;
    if (!insecure && !this.options.tls && !isLoopback(address)) {
      const what = `The password would go to ${address} unencrypted, and others could read it`;
      throw new Failure("login", `${what}: use --tls, or --insecure-login if you accept that.`);
    }
    await this.sendOption({ kind: "user", name });
    const text = typeof password === "string" ? password : await password();
    await this.sendOption({ kind: "pass", password: text });
  }

  readonly #abort = (): void => {
    const reason = this.options.signal?.reason;
    this.#dataPort?.abort(reason);
    this.#q?.abort(reason);
    this.p.abort(reason);
  };

  async #request(request: Request): Promise<Reply> {
    await this.p.write(formatRequest(request), this.options.timeout);
    return this.#readReply();
  }

  async #readReply(timeout = this.options.timeout): Promise<Reply> {
    const deadline = performance.now() + timeout;
    for (;;) {
      const line = this.#lines.next();
      if (line) return parseReply(line);
      const bytes = await this.p.read(deadline - performance.now()).catch((error) => {
        throw failureKind(error) === "timeout" ? noReplyFailure(timeout) : error;
      });
      if (!bytes)
        throw new Failure(
          "incomplete",
          "The server closed the control connection without a reply.",
          426,
        );
      this.#lines.push(bytes);
    }
  }

  async #waitForFinalReply(timeout: number): Promise<Reply> {
    const timer = Promise.withResolvers<never>();
    const id = setTimeout(() => timer.reject(noReplyFailure(timeout)), timeout);
    try {
      return await Promise.race([this.#finalReply as Promise<Reply>, timer.promise]);
    } finally {
      clearTimeout(id);
    }
  }

  /** Says why a transfer ended too early, in the server's words if it sends any. */
  async #explainShortage(received: number, bytes: number): Promise<Failure> {
    const { reason, code } = await this.#waitForFinalReply(REASON_TIMEOUT).then(
      (reply) => ({ reason: sanitizeForDisplay(reply.text), code: findFailureCode(reply) }),
      (error) => ({ reason: formatError(error), code: undefined }),
    );
    const sentence = `Only ${received} of ${bytes} bytes arrived: ${reason}`;
    return new Failure("incomplete", sentence, code ?? 426);
  }
}

function noReplyFailure(ms: number): Failure {
  return new Failure("timeout", `The server sent no reply within ${formatSeconds(ms)}.`);
}

/** All bytes are here, but only the server knows whether they were the whole file. */
function unconfirmedFailure(bytes: number, error: unknown): Failure {
  const { kind, code } = error instanceof Failure ? error : { kind: "other" as const };
  const known = `All ${bytes} announced bytes arrived, but the server did not confirm them`;
  return new Failure(kind, `${known}: ${formatError(error)}`, code);
}
