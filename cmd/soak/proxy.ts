// A proxy between ftclient and ftserver, on P and on Q, that causes a fault at a chosen byte or delays the bytes.

import { Connection } from "../../lib/net/connection.ts";
import { Failure } from "../../lib/errors.ts";
import { dial, listen, type Listener } from "../../lib/net/socket.ts";

/** The three streams: from the client on P, from the server on P, and from the server on Q. */
export type Stream = "request" | "reply" | "data";

/** What happens to one of the streams. */
export interface Fault {
  readonly stream: Stream;
  readonly kind: "flip" | "fin" | "reset" | "silence" | "slice" | "delay" | "narrow" | "slow close";
  /** At which byte of the stream; by default at its first. */
  readonly at?: number;
}

/** The longest wait for either program, in ms. */
const TIMEOUT = 20_000;

/** Bytes at a time for `slice` and `narrow`; ms of waiting for `delay` and `slow close`. */
const SLICE_SIZE = 7;
const NARROW_SIZE = 16 * 1024;
const DELAY = 100;
const CLOSE_DELAY = 300;

const CUT = new Failure("other", "Cut.");

/** Listens in place of the server, and forwards everything, with the fault. */
export class Proxy implements Disposable {
  readonly #listener: Listener;
  readonly #open = new Set<Connection | Listener>();

  constructor(
    private readonly server: number,
    private readonly fault: Fault,
  ) {
    this.#listener = listen({ address: "127.0.0.1", port: 0 }, (client) => this.#serve(client));
  }

  get port(): number {
    return this.#listener.port;
  }

  [Symbol.dispose](): void {
    this.#listener[Symbol.dispose]();
    for (const one of this.#open) {
      if (one instanceof Connection) one.close();
      else one[Symbol.dispose]();
    }
  }

  async #serve(client: Connection): Promise<void> {
    const server = await dial({ address: "127.0.0.1", port: this.server }, TIMEOUT);
    const clientQ = Promise.withResolvers<Connection>();
    for (const one of [client, server]) this.#open.add(one);
    const listenForQ = (dataPort: number) => this.#listenForQ(dataPort, clientQ.resolve);
    const replaceQPort = async (line: string) =>
      /^150 /.test(line)
        ? line.replace(/ port=[0-9]+/, ` port=${(await clientQ.promise).local.port}`)
        : line;
    const replaceDataPort = async (line: string) =>
      line.replace(
        /^(-[lg] .*?)([0-9]+)\n$/,
        (_, head, port) => `${head}${listenForQ(Number(port))}\n`,
      );
    await Promise.all([
      this.#forward("request", client, server, replaceDataPort),
      this.#forward("reply", server, client, replaceQPort),
    ]);
  }

  /** Listens for Q in place of the client, and returns the port. What the server sends goes to the client's `dataPort`. */
  #listenForQ(dataPort: number, onOpen: (q: Connection) => void): number {
    const listener = listen({ address: "127.0.0.1", port: 0 }, (server) => {
      this.#open.add(server);
      void dial({ address: "127.0.0.1", port: dataPort }, TIMEOUT).then(
        (q) => {
          this.#open.add(q);
          onOpen(q);
          void this.#forward("data", server, q);
          // The client sends nothing on Q: however this read ends, Q has ended for the server too.
          const shutdown = () => server["socket"].shutdown();
          void q.read(TIMEOUT).then(shutdown, shutdown);
        },
        () => server.abort(CUT),
      );
    });
    this.#open.add(listener);
    return listener.port;
  }

  /** Forwards one direction until it ends or breaks. `edit` changes each line. */
  async #forward(
    stream: Stream,
    from: Connection,
    to: Connection,
    edit?: (line: string) => Promise<string>,
  ): Promise<void> {
    const sender = new FaultySender(this.fault, stream, from, to);
    let rest = "";
    try {
      for (let bytes; (bytes = await from.read(TIMEOUT));) {
        if (!edit) await sender.send(bytes);
        else {
          const lines = (rest + Buffer.from(bytes).toString("latin1")).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines)
            await sender.send(Buffer.from(await edit(`${line}\n`), "latin1"));
        }
      }
      await sender.send(Buffer.from(rest, "latin1"));
      await sender.end();
    } catch {
      to.abort(CUT);
      from.abort(CUT);
    }
  }
}

/** Sends one stream, with the fault if it is the chosen one. */
class FaultySender {
  #sent = 0;
  #isCut = false;

  constructor(
    private readonly fault: Fault,
    private readonly stream: Stream,
    private readonly from: Connection,
    private readonly to: Connection,
  ) {}

  async send(bytes: Uint8Array): Promise<void> {
    if (this.#isCut) return;
    const { stream, kind, at = 0 } = this.fault;
    const offset = at - this.#sent;
    const isHere = stream === this.stream && offset >= 0 && offset < bytes.length;
    this.#sent += bytes.length;
    if (stream !== this.stream) return await this.to.write(bytes, TIMEOUT);
    if (kind === "flip" && isHere) return await this.to.write(flipBit(bytes, offset), TIMEOUT);
    if (kind === "slice") return await this.#sendSlowly(bytes, SLICE_SIZE, 0);
    if (kind === "narrow") return await this.#sendSlowly(bytes, NARROW_SIZE, 1);
    if (kind === "delay") await Bun.sleep(DELAY);
    if (isHere && ["fin", "reset", "silence"].includes(kind)) return await this.#cut(bytes, offset);
    await this.to.write(bytes, TIMEOUT);
  }

  async end(): Promise<void> {
    const { stream, kind } = this.fault;
    if (stream === this.stream && kind === "slow close") await Bun.sleep(CLOSE_DELAY);
    if (!this.#isCut && !this.to.hasEnded) this.to["socket"].shutdown();
  }

  async #sendSlowly(bytes: Uint8Array, size: number, ms: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += size) {
      await this.to.write(bytes.subarray(at, at + size), TIMEOUT);
      await Bun.sleep(ms);
    }
  }

  async #cut(bytes: Uint8Array, offset: number): Promise<void> {
    await this.to.write(bytes.subarray(0, offset), TIMEOUT);
    this.#isCut = true;
    if (this.fault.kind === "fin") this.to["socket"].shutdown();
    if (this.fault.kind !== "reset") return;
    this.to.abort(CUT);
    this.from.abort(CUT);
  }
}

function flipBit(bytes: Uint8Array, offset: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[offset] = (copy[offset] ?? 0) ^ (1 << (offset % 8));
  return copy;
}
