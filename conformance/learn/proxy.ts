// A working client and a working server, with the suite between them on both connections, writing all down.

import { type CaseContext, EVERYWHERE, HOST } from "../harness/context.ts";
import { waitForP, launchClient } from "../peer/launch-client.ts";
import { Connection } from "../net/connection.ts";
import type { CommandKind, Side } from "../dialect/types.ts";
import { IDLE_LIMIT, POLL, QUIET, REPLY_LIMIT } from "../spec/timeouts.ts";
import { findFreePort } from "../net/ports.ts";
import { isListening } from "../net/procfs.ts";
import { need } from "../spec/verdict.ts";
import { dial } from "../net/sockets.ts";

export interface RecordedBytes {
  by: "client" | "server";
  on: Side;
  bytes: Buffer;
  at: number;
}

export interface Recording {
  words: RecordedBytes[];
  /** Who opened Q, how many words had been said by then, and who ended it first. */
  q?: { by: RecordedBytes["by"]; after: number; endedBy?: RecordedBytes["by"] };
  /** What stood for what in this call. */
  values: {
    /** The data port as the client was told, and as the server was. */
    dport: number;
    inner: number;
    /** The server's port, likewise. */
    sport: number;
    served: number;
    host: string;
    file: string;
  };
}

/** One call of the client through to the server; who opens Q is found out where nobody says it. */
export async function recordConversation(
  context: CaseContext,
  kind: CommandKind,
  file = "",
  opens?: RecordedBytes["by"],
): Promise<Recording> {
  const server = await context.startServer();
  const [dport, inner] = [context.dataPort(), findFreePort()];
  const call = { dataport: dport, ...(file === "" ? {} : { file }) };
  const ports = { dport, inner, sport: 0, served: server.port };
  const recording: Recording = { words: [], values: { ...ports, host: HOST, file } };
  const proxy = new Proxy(context, recording, opens);
  // A client that opens Q may do so in the same breath as it asks.
  if (opens === "client") await proxy.bridge();
  const started = launchClient(context, kind, call);
  recording.values.sport = started.listener.port;
  const client = await waitForP(context, started);
  need(client !== undefined, "S4.1", started.program.words);
  const ended = (): boolean => started.program.exited !== undefined;
  await proxy.run(client, await context.connect(server), ended);
  order(recording);
  return recording;
}

/** A client that opens Q has told the server of it before, though the two may be heard the other way round. */
function order({ q, words }: Recording): void {
  const asks = (word: RecordedBytes | undefined): boolean =>
    word?.by === "client" && word.on === "P";
  while (q?.by === "client" && asks(words[q.after])) q.after++;
}

class Proxy {
  #over = false;
  #bridged: Promise<void> | undefined;

  constructor(
    readonly context: CaseContext,
    readonly recording: Recording,
    readonly opens?: RecordedBytes["by"],
  ) {}

  async run(client: Connection, server: Connection, ended: () => boolean): Promise<void> {
    const ways = [this.#relay(client, server, "client"), this.#relay(server, client, "server")];
    await this.context.timeline.waitUntil(ended, REPLY_LIMIT + IDLE_LIMIT);
    await this.context.happensWithin(() => server.hasEnded, QUIET);
    this.#over = true;
    this.context.timeline.mark("suite", "suite", "note", "the recording ends");
    for (const side of [client, server]) side.close();
    await Promise.all([...ways, this.#bridged]);
  }

  async #relay(from: Connection, to: Connection, by: RecordedBytes["by"]): Promise<void> {
    let passed = 0;
    for (;;) {
      const more = (): boolean => from.length > passed || from.hasEnded || this.#over;
      await this.context.timeline.waitUntil(more, REPLY_LIMIT + IDLE_LIMIT);
      if (from.length <= passed) break;
      const bytes = Buffer.from(from.bytes.subarray(passed));
      passed += bytes.length;
      this.recording.words.push({ by, on: from.name, bytes, at: from.lastReceivedAt });
      if (by === "client" && from.name === "P") await this.bridge();
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
    const { dport, inner } = this.recording.values;
    for (const form of forms) {
      const at = bytes.indexOf(form(dport));
      const [old, fresh] = [form(dport), form(inner)];
      if (at >= 0)
        return Buffer.concat([bytes.subarray(0, at), fresh, bytes.subarray(at + old.length)]);
    }
    return bytes;
  }

  // Whether the client listens by now tells who is to open Q, of nearly all programs.
  async #opener(dport: number): Promise<RecordedBytes["by"]> {
    const end = performance.now() + QUIET;
    while (!isListening(dport) && performance.now() < end) await Bun.sleep(POLL);
    return isListening(dport) ? "server" : "client";
  }

  /** Puts itself in the way of Q; once is enough. */
  async bridge(): Promise<void> {
    if (this.#bridged) return;
    const { dport, inner } = this.recording.values;
    const by = this.opens ?? (await this.#opener(dport));
    const [near, far] = by === "server" ? [inner, dport] : [dport, inner];
    // Some clients tell the address of this machine instead of leaving it to the server.
    const door = this.context.listen("Q", by === "server" ? EVERYWHERE : HOST, near);
    const came = (): boolean => door.first !== undefined || this.#over;
    this.#bridged = this.context.timeline
      .waitUntil(came, REPLY_LIMIT + IDLE_LIMIT)
      .then(async () => {
        if (!door.first) return;
        const q: Recording["q"] = { by, after: this.recording.words.length };
        this.recording.q = q;
        const made = await this.#reach(far);
        if (!made) return;
        const [client, server] = by === "server" ? [made, door.first] : [door.first, made];
        await Promise.all([
          this.#relay(client, server, "client"),
          this.#relay(server, client, "server"),
        ]);
        if (server.hasEnded || client.hasEnded)
          q.endedBy = client.endedAt < server.endedAt ? "client" : "server";
      });
  }

  async #reach(port: number): Promise<Connection | undefined> {
    const end = performance.now() + REPLY_LIMIT;
    while (performance.now() < end && !this.#over) {
      const made = await dial(this.context.timeline, "Q", { host: HOST, port });
      if (made instanceof Connection) return this.context.own(made);
      await Bun.sleep(POLL * 5);
    }
    return undefined;
  }
}
