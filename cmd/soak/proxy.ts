// A stranger on the way between ftclient and ftserver, on P and on Q, who does harm at a chosen byte or just slows things down.

import { Connection } from "../../lib/net/connection.ts";
import { Failure } from "../../lib/errors.ts";
import { dial, listen, type Listener } from "../../lib/net/socket.ts";

/** The three streams: what the client says on P, what the server says on P, and Q. */
export type Stream = "request" | "reply" | "data";

/** What is done to one of the streams. */
export interface Fault {
  readonly stream: Stream;
  readonly deed: "flip" | "fin" | "reset" | "silence" | "slice" | "delay" | "narrow" | "slow close";
  /** At which byte of the stream; its first, where nothing is said. */
  readonly at?: number;
}

/** The longest wait for either program, in ms. */
const PATIENCE = 20_000;

/** What a faulty network adds: bytes at a time, ms before each. */
const SLICE = 7;
const DELAY = 100;
const NARROW = 16 * 1024;
const CLOSE_DELAY = 300;

const CUT = new Failure("other", "Cut.");

/** Listens as the server would, and passes everything on, with the fault. */
export class Proxy implements Disposable {
  readonly #listener: Listener;
  readonly #open = new Set<Connection | Listener>();

  constructor(
    private readonly server: number,
    private readonly fault: Fault,
  ) {
    this.#listener = listen({ address: "127.0.0.1", port: 0 }, (client) => this.#visit(client));
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

  async #visit(client: Connection): Promise<void> {
    const server = await dial({ address: "127.0.0.1", port: this.server }, PATIENCE);
    const ends = Promise.withResolvers<Connection>();
    for (const one of [client, server]) this.#open.add(one);
    const door = (dataPort: number) => this.#door(dataPort, ends.resolve);
    const named = async (line: string) =>
      /^150 /.test(line)
        ? line.replace(/ port=[0-9]+/, ` port=${(await ends.promise).local.port}`)
        : line;
    const asked = async (line: string) =>
      line.replace(/^(-[lg] .*?)([0-9]+)\n$/, (_, head, port) => `${head}${door(Number(port))}\n`);
    await Promise.all([
      this.#pass("request", client, server, asked),
      this.#pass("reply", server, client, named),
    ]);
  }

  /** Listens for Q in the client's place, and returns the port; the server's Q goes on to the client's `dataPort`. */
  #door(dataPort: number, opened: (q: Connection) => void): number {
    const door = listen({ address: "127.0.0.1", port: 0 }, (server) => {
      this.#open.add(server);
      void dial({ address: "127.0.0.1", port: dataPort }, PATIENCE).then(
        (q) => {
          this.#open.add(q);
          opened(q);
          void this.#pass("data", server, q);
          // The client says nothing on Q: whatever it is that ends the wait, Q has ended for the server too.
          const ended = () => server["socket"].shutdown();
          void q.read(PATIENCE).then(ended, ended);
        },
        () => server.abort(CUT),
      );
    });
    this.#open.add(door);
    return door.port;
  }

  /** Passes one direction on, line by line where `edit` wants to see lines, until it ends or is broken. */
  async #pass(
    stream: Stream,
    from: Connection,
    to: Connection,
    edit?: (line: string) => Promise<string>,
  ): Promise<void> {
    const harm = new Harm(this.fault, stream, from, to);
    let rest = "";
    try {
      for (let bytes; (bytes = await from.read(PATIENCE));) {
        if (!edit) await harm.send(bytes);
        else {
          const lines = (rest + Buffer.from(bytes).toString("latin1")).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) await harm.send(Buffer.from(await edit(`${line}\n`), "latin1"));
        }
      }
      await harm.send(Buffer.from(rest, "latin1"));
      await harm.end();
    } catch {
      to.abort(CUT);
      from.abort(CUT);
    }
  }
}

/** The fault at work on one stream. */
class Harm {
  #passed = 0;
  #over = false;

  constructor(
    private readonly fault: Fault,
    private readonly stream: Stream,
    private readonly from: Connection,
    private readonly to: Connection,
  ) {}

  async send(bytes: Uint8Array): Promise<void> {
    if (this.#over) return;
    const { stream, deed, at = 0 } = this.fault;
    const place = at - this.#passed;
    const here = stream === this.stream && place >= 0 && place < bytes.length;
    this.#passed += bytes.length;
    if (stream !== this.stream) return await this.to.write(bytes, PATIENCE);
    if (deed === "flip" && here) return await this.to.write(flipped(bytes, place), PATIENCE);
    if (deed === "slice") return await this.#slowly(bytes, SLICE, 0);
    if (deed === "narrow") return await this.#slowly(bytes, NARROW, 1);
    if (deed === "delay") await Bun.sleep(DELAY);
    if (here && ["fin", "reset", "silence"].includes(deed)) return await this.#cut(bytes, place);
    await this.to.write(bytes, PATIENCE);
  }

  async end(): Promise<void> {
    const { stream, deed } = this.fault;
    if (stream === this.stream && deed === "slow close") await Bun.sleep(CLOSE_DELAY);
    if (!this.#over && !this.to.hasEnded) this.to["socket"].shutdown();
  }

  async #slowly(bytes: Uint8Array, size: number, ms: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += size) {
      await this.to.write(bytes.subarray(at, at + size), PATIENCE);
      await Bun.sleep(ms);
    }
  }

  async #cut(bytes: Uint8Array, place: number): Promise<void> {
    await this.to.write(bytes.subarray(0, place), PATIENCE);
    this.#over = true;
    if (this.fault.deed === "fin") this.to["socket"].shutdown();
    if (this.fault.deed !== "reset") return;
    this.to.abort(CUT);
    this.from.abort(CUT);
  }
}

function flipped(bytes: Uint8Array, place: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[place] = (copy[place] ?? 0) ^ (1 << (place % 8));
  return copy;
}
