// One transfer over raw sockets, in any of three protocols, as cheap as it can be: the load must tire the server and not its driver.

import type { Socket } from "bun";
import { type DataListener, HANDLERS, type PortPool } from "./port-pool.ts";

/** The answer to a reply line: the next request, "" for nothing, `undefined` where all is done. Throws where it is a refusal. */
export type WireScript = (line: string) => string | undefined;

/** How a protocol fetches one file: what the client says first, and its answers. No script: the file comes on P itself. */
export interface WireProtocol {
  readonly name: string;
  readonly port: number;
  first(dataPort: number): string;
  script(dataPort: number): WireScript | undefined;
}

/** Fetches a file of `size` bytes. Rejects with a sentence where that fails, or takes longer than `patience` ms. */
export async function fetchOnce(
  dialect: WireProtocol,
  size: number,
  ports: PortPool,
  patience: number,
): Promise<void> {
  using transfer = new Transfer(dialect, size, ports);
  const timer = setTimeout(() => transfer.settle(`nothing within ${patience / 1000} s.`), patience);
  await transfer.done.finally(() => clearTimeout(timer));
}

class Transfer implements Disposable {
  readonly #done = Promise.withResolvers<void>();
  readonly #sockets: Socket<DataListener>[] = [];
  readonly #listener;
  readonly #script: WireScript | undefined;
  #received = 0;
  #qEnded = false;
  #confirmed = false;
  #text = "";

  constructor(
    private readonly dialect: WireProtocol,
    private readonly size: number,
    private readonly ports: PortPool,
  ) {
    this.#listener = ports.borrow({ bytes: this.#onData, ended: this.#onDataEnd });
    this.#script = dialect.script(this.#listener.port);
    this.#qEnded = this.#confirmed = this.#script === undefined;
    const p: DataListener = this.#script
      ? { bytes: this.#onReply, ended: this.#onReplyEnd }
      : { bytes: this.#onBody, ended: this.#onBodyEnd };
    const open = (socket: Socket<DataListener>) => {
      socket.data = p;
      this.#sockets.push(socket);
      socket.write(dialect.first(this.#listener.port));
    };
    const connectError = () => this.settle("it refused the connection.");
    Bun.connect<DataListener>({
      hostname: "127.0.0.1",
      port: dialect.port,
      allowHalfOpen: true,
      socket: { ...HANDLERS, open, connectError },
    }).catch(connectError);
  }

  get done(): Promise<void> {
    return this.#done.promise;
  }

  settle(problem?: string): void {
    if (problem) this.#done.reject(new Error(`${this.dialect.name}: ${problem}`));
    else this.#done.resolve();
  }

  [Symbol.dispose](): void {
    this.ports.giveBack(this.#listener);
    for (const socket of this.#sockets) socket.end();
  }

  readonly #onData = (chunk: Buffer, socket: Socket<DataListener>): void => {
    if (this.#received === 0) this.#sockets.push(socket);
    this.#received += chunk.length;
  };

  readonly #onDataEnd = (socket: Socket<DataListener>): void => {
    socket.end();
    this.#qEnded = true;
    this.#check();
  };

  readonly #onReply = (chunk: Buffer, socket: Socket<DataListener>): void => {
    const lines = (this.#text + chunk.toString("latin1")).split("\n");
    this.#text = lines.pop() ?? "";
    try {
      for (const line of lines) this.#answer(line, socket);
    } catch (error) {
      this.settle((error as Error).message);
    }
  };

  readonly #onReplyEnd = (): void => {
    if (!this.#confirmed) this.settle("it closed without a reply.");
  };

  #answer(line: string, socket: Socket<DataListener>): void {
    const request = this.#script?.(line);
    if (request) socket.write(request);
    if (request !== undefined) return;
    this.#confirmed = true;
    this.#check();
  }

  readonly #onBody = (chunk: Buffer): void => {
    this.#received += chunk.length;
    if (this.#text.includes("\r\n\r\n")) return;
    this.#text += chunk.toString("latin1");
    const head = this.#text.indexOf("\r\n\r\n");
    if (head >= 0) this.#received -= head + 4;
  };

  readonly #onBodyEnd = (): void => this.#check();

  #check(): void {
    if (!this.#qEnded || !this.#confirmed) return;
    const whole = this.#received === this.size;
    this.settle(whole ? undefined : `${this.#received} of ${this.size} bytes came.`);
  }
}
