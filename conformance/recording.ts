// A working client and a working server, with the suite between them on both connections, writing all down.

import { type Attempt, HOST } from "./attempt.ts";
import { arrival, start } from "./call.ts";
import { Channel } from "./channel.ts";
import type { Kind, Side } from "./dialect.ts";
import { IDLE_LIMIT, POLL, QUIET, REPLY_LIMIT } from "./patience.ts";
import { freePort } from "./ports.ts";
import { isListened } from "./processes.ts";
import { need } from "./verdict.ts";
import { dial } from "./wire.ts";

export interface Word {
  by: "client" | "server";
  on: Side;
  bytes: Buffer;
  at: number;
}

export interface Recording {
  words: Word[];
  /** Who opened Q, and how many words had been said by then. */
  q?: { by: "client" | "server"; after: number };
  /** What stood for what in this call. */
  values: { dport: number; sport: number; host: string; file: string };
}

/** One call of the client through to the server. */
export async function recorded(attempt: Attempt, kind: Kind, file = ""): Promise<Recording> {
  const server = await attempt.server();
  const [dport, inner] = [attempt.dataPort(), freePort()];
  const call = { dataport: dport, ...(file === "" ? {} : { file }) };
  const started = start(attempt, kind, call);
  const client = await arrival(attempt, started);
  need(client !== undefined, "S4.1", started.program.words);
  const values = { dport, sport: started.door.port, host: HOST, file };
  const proxy = new Proxy(attempt, { words: [], values }, inner);
  await proxy.run(
    client,
    await attempt.connect(server),
    () => started.program.exited !== undefined,
  );
  return proxy.recording;
}

class Proxy {
  #over = false;
  #bridged: Promise<void> | undefined;

  constructor(
    readonly attempt: Attempt,
    readonly recording: Recording,
    /** The port that the server is told instead of the client's. */
    readonly inner: number,
  ) {}

  async run(client: Channel, server: Channel, ended: () => boolean): Promise<void> {
    const ways = [this.#relay(client, server, "client"), this.#relay(server, client, "server")];
    await this.attempt.timeline.until(ended, REPLY_LIMIT + IDLE_LIMIT);
    await this.attempt.happens(() => server.over, QUIET);
    this.#over = true;
    this.attempt.timeline.mark("suite", "suite", "note", "the recording ends");
    for (const side of [client, server]) side.close();
    await Promise.all([...ways, this.#bridged]);
  }

  async #relay(from: Channel, to: Channel, by: Word["by"]): Promise<void> {
    let passed = 0;
    for (;;) {
      const more = (): boolean => from.length > passed || from.over || this.#over;
      await this.attempt.timeline.until(more, REPLY_LIMIT + IDLE_LIMIT);
      if (from.length <= passed) break;
      const bytes = Buffer.from(from.bytes.subarray(passed));
      passed += bytes.length;
      this.recording.words.push({ by, on: from.name, bytes, at: this.attempt.timeline.now() });
      if (by === "client" && from.name === "P") await this.#bridge();
      to.send(by === "client" ? this.#renamed(bytes) : bytes);
    }
    to.finish();
  }

  // The server is to come to us: a port in digits, or in two or four bytes, is replaced by ours.
  #renamed(bytes: Buffer): Buffer {
    const forms = [
      (port: number) => Buffer.from(String(port)),
      (port: number) => Buffer.from(Uint32Array.of(port).buffer),
      (port: number) => Buffer.from([port >> 8, port & 255]),
    ];
    const { dport } = this.recording.values;
    for (const form of forms) {
      const at = bytes.indexOf(form(dport));
      const [old, fresh] = [form(dport), form(this.inner)];
      if (at >= 0)
        return Buffer.concat([bytes.subarray(0, at), fresh, bytes.subarray(at + old.length)]);
    }
    return bytes;
  }

  // Whether the client listens by now tells who is to open Q.
  async #bridge(): Promise<void> {
    if (this.#bridged) return;
    const { dport } = this.recording.values;
    const end = performance.now() + QUIET;
    while (!isListened(dport) && performance.now() < end) await Bun.sleep(POLL);
    const by = isListened(dport) ? "server" : "client";
    const [near, far] = by === "server" ? [this.inner, dport] : [dport, this.inner];
    const door = this.attempt.door("Q", HOST, near);
    const came = (): boolean => door.first !== undefined || this.#over;
    this.#bridged = this.attempt.timeline.until(came, REPLY_LIMIT + IDLE_LIMIT).then(async () => {
      if (!door.first) return;
      this.recording.q = { by, after: this.recording.words.length };
      const made = await this.#reach(far);
      if (!made) return;
      const [client, server] = by === "server" ? [made, door.first] : [door.first, made];
      await Promise.all([
        this.#relay(client, server, "client"),
        this.#relay(server, client, "server"),
      ]);
    });
  }

  async #reach(port: number): Promise<Channel | undefined> {
    const end = performance.now() + REPLY_LIMIT;
    while (performance.now() < end && !this.#over) {
      const made = await dial(this.attempt.timeline, "Q", { host: HOST, port });
      if (made instanceof Channel) return this.attempt.hold(made);
      await Bun.sleep(POLL * 5);
    }
    return undefined;
  }
}
