// One transfer over raw sockets, in any of the protocols. It costs little, so that the load slows down the server and not this process.

import type { Socket } from "bun";
import { type LeasedPort, HANDLERS, type PortPool, type SocketOwner } from "./port-pool.ts";
import type { WireProtocol, WireScript } from "./wire-protocol.ts";

/** What ends the head of an HTTP response. */
const BLANK_LINE = "\r\n\r\n";

/** Fetches a file of `size` bytes. Rejects with a sentence if that fails, or takes longer than `timeout` ms. */
export async function fetchOnce(
  protocol: WireProtocol,
  size: number,
  ports: PortPool,
  timeout: number,
): Promise<void> {
  using transfer = new Transfer(protocol, size, ports);
  const timer = setTimeout(() => transfer.fail(`nothing within ${timeout / 1000} s.`), timeout);
  await transfer.result.finally(() => clearTimeout(timer));
}

class Transfer implements Disposable {
  readonly #result = Promise.withResolvers<void>();
  readonly #sockets: Socket<SocketOwner>[] = [];
  readonly #dataPort: LeasedPort;
  readonly #script: WireScript | undefined;
  #received = 0;
  #hasEnded = false;
  #isConfirmed = false;
  /** What has arrived on P and was not used yet. */
  #text = "";

  constructor(
    private readonly protocol: WireProtocol,
    private readonly size: number,
    private readonly ports: PortPool,
  ) {
    this.#dataPort = ports.borrow({ onBytes: this.#onData, onEnd: this.#onDataEnd });
    this.#script = protocol.createScript(this.#dataPort.port);
    this.#hasEnded = this.#isConfirmed = this.#script === undefined;
    const owner: SocketOwner = this.#script
      ? { onBytes: this.#onReply, onEnd: this.#onReplyEnd }
      : { onBytes: this.#onResponse, onEnd: this.#finish };
    const open = (socket: Socket<SocketOwner>) => {
      socket.data = owner;
      this.#sockets.push(socket);
      socket.write(protocol.formatFirst(this.#dataPort.port));
    };
    const connectError = () => this.fail("it refused the connection.");
    const options = { hostname: "127.0.0.1", port: protocol.port, allowHalfOpen: true };
    const socket = { ...HANDLERS, open, connectError };
    Bun.connect<SocketOwner>({ ...options, socket }).catch(connectError);
  }

  get result(): Promise<void> {
    return this.#result.promise;
  }

  fail(problem: string): void {
    this.#result.reject(new Error(`${this.protocol.name}: ${problem}`));
  }

  [Symbol.dispose](): void {
    this.ports.giveBack(this.#dataPort);
    for (const socket of this.#sockets) socket.end();
  }

  readonly #onData = (chunk: Buffer, socket: Socket<SocketOwner>): void => {
    if (this.#received === 0) this.#sockets.push(socket);
    this.#received += chunk.length;
  };

  readonly #onDataEnd = (socket: Socket<SocketOwner>): void => {
    socket.end();
    this.#hasEnded = true;
    this.#finish();
  };

  readonly #onReply = (chunk: Buffer, socket: Socket<SocketOwner>): void => {
    const lines = (this.#text + chunk.toString("latin1")).split("\n");
    this.#text = lines.pop() ?? "";
    try {
      for (const line of lines) {
        const request = this.#script?.(line);
        if (request) socket.write(request);
        this.#isConfirmed ||= request === undefined;
      }
    } catch (error) {
      return this.fail((error as Error).message);
    }
    this.#finish();
  };

  readonly #onReplyEnd = (): void => {
    if (!this.#isConfirmed) this.fail("it closed without a reply.");
  };

  /** Counts the bytes after the head. */
  readonly #onResponse = (chunk: Buffer): void => {
    this.#received += chunk.length;
    if (this.#text.includes(BLANK_LINE)) return;
    this.#text += chunk.toString("latin1");
    const head = this.#text.indexOf(BLANK_LINE);
    if (head >= 0) this.#received -= head + BLANK_LINE.length;
  };

  readonly #finish = (): void => {
    if (!this.#hasEnded || !this.#isConfirmed) return;
    if (this.#received === this.size) this.#result.resolve();
    else this.fail(`${this.#received} of ${this.size} bytes came.`);
  };
}
