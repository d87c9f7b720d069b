// Records a client and a server: the suite stands between them on P and Q, and writes down what they send.

import { type CaseContext, EVERYWHERE, HOST } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import { findFreePort } from "../net/ports.ts";
import { isListening } from "../net/procfs.ts";
import { dialRepeatedly } from "../net/sockets.ts";
import type { CommandKind, Side } from "../dialect/types.ts";
import { launchClient, waitForP } from "../peer/launch-client.ts";
import { POLL } from "../spec/timeouts.ts";
import { need } from "../spec/verdict.ts";

export type Sender = "client" | "server";

export interface RecordedMessage {
  by: Sender;
  on: Side;
  bytes: Buffer;
  /** In milliseconds of the timeline. */
  at: number;
}

export interface Recording {
  messages: RecordedMessage[];
  /** Who opened Q, how many messages there were before that, and who ended it first. */
  q?: { by: Sender; after: number; endedBy?: Sender };
  /** The values of this conversation that become placeholders. */
  values: RecordedValues;
}

export interface RecordedValues {
  /** The data port that the client has. */
  dport: number;
  /** The data port that the server gets instead. */
  proxyDport: number;
  /** The server port that the client has. */
  sport: number;
  /** The port on which the server listens. */
  serverPort: number;
  host: string;
  file: string;
}

/** The longest wait of a recording. */
const recordingLimit = ({ timeouts }: CaseContext): number => timeouts.reply + timeouts.idle;

/** Records one conversation. If nobody says who opens Q, the proxy finds it out. */
export async function recordConversation(
  context: CaseContext,
  kind: CommandKind,
  file = "",
  opener?: Sender,
): Promise<Recording> {
  const server = await context.startServer();
  const [dport, proxyDport] = [context.dataPort(), findFreePort()];
  const values = { dport, proxyDport, sport: 0, serverPort: server.port, host: HOST, file };
  const recording: Recording = { messages: [], values };
  const proxy = new RecordingProxy(context, recording, opener);
  // A client that opens Q may do so as soon as it has sent its request.
  if (opener === "client") await proxy.listenForQ();
  const options = { dataPort: dport, ...(file === "" ? {} : { file }) };
  const launched = launchClient(context, kind, options);
  values.sport = launched.listener.port;
  const client = await waitForP(context, launched);
  need(client !== undefined, "S4.1", launched.program.words);
  const hasExited = (): boolean => launched.program.exited !== undefined;
  await proxy.run(client, await context.connect(server), hasExited);
  moveQAfterRequest(recording);
  return recording;
}

/** A client that opens Q has sent its request before, though the proxy may see the two the other way round. */
function moveQAfterRequest({ q, messages }: Recording): void {
  const isRequest = (message?: RecordedMessage): boolean =>
    message?.by === "client" && message.on === "P";
  while (q?.by === "client" && isRequest(messages[q.after])) q.after++;
}

class RecordingProxy {
  #isOver = false;
  #q: Promise<void> | undefined;

  constructor(
    readonly context: CaseContext,
    readonly recording: Recording,
    readonly opener?: Sender,
  ) {}

  async run(client: Connection, server: Connection, hasExited: () => boolean): Promise<void> {
    const relays = [this.#relay(client, server, "client"), this.#relay(server, client, "server")];
    await this.context.timeline.waitUntil(hasExited, recordingLimit(this.context));
    await this.context.happensWithin(() => server.hasEnded, this.context.timeouts.quiet);
    this.#isOver = true;
    // The mark wakes the relays.
    this.context.timeline.mark("suite", "suite", "note", "the recording ends");
    for (const connection of [client, server]) connection.close();
    await Promise.all([...relays, this.#q]);
  }

  /** Passes on and records what one side sends on a connection. */
  async #relay(from: Connection, to: Connection, by: Sender): Promise<void> {
    let passed = 0;
    const hasNews = (): boolean => from.length > passed || from.hasEnded || this.#isOver;
    for (;;) {
      await this.context.timeline.waitUntil(hasNews, recordingLimit(this.context));
      if (from.length <= passed) break;
      const bytes = Buffer.from(from.bytes.subarray(passed));
      passed += bytes.length;
      this.recording.messages.push({ by, on: from.name, bytes, at: from.lastReceivedAt });
      if (by === "client" && from.name === "P") await this.listenForQ();
      to.send(by === "client" ? this.#replaceDataPort(bytes) : bytes);
    }
    to.finish();
  }

  // The server gets the proxy's data port, in digits or in two or four bytes.
  #replaceDataPort(bytes: Buffer): Buffer {
    const forms = [
      (port: number) => Buffer.from(String(port)),
      (port: number) => Buffer.from(Uint32Array.of(port).buffer),
      (port: number) => Buffer.from([port >> 8, port & 255]),
    ];
    const { dport, proxyDport } = this.recording.values;
    for (const encode of forms) {
      const old = encode(dport);
      const at = bytes.indexOf(old);
      if (at < 0) continue;
      const rest = bytes.subarray(at + old.length);
      return Buffer.concat([bytes.subarray(0, at), encode(proxyDport), rest]);
    }
    return bytes;
  }

  // Nearly every client that lets the server open Q listens by now.
  async #findOpener(dport: number): Promise<Sender> {
    const end = performance.now() + this.context.timeouts.quiet;
    while (!isListening(dport) && performance.now() < end) await Bun.sleep(POLL);
    return isListening(dport) ? "server" : "client";
  }

  /** Listens for Q in place of its receiver; further calls do nothing. */
  async listenForQ(): Promise<void> {
    if (this.#q) return;
    const { dport, proxyDport } = this.recording.values;
    const by = this.opener ?? (await this.#findOpener(dport));
    const [own, target] = by === "server" ? [proxyDport, dport] : [dport, proxyDport];
    // Some clients send an address of this machine, and the server dials that.
    const listener = this.context.listen("Q", by === "server" ? EVERYWHERE : HOST, own);
    const isOver = (): boolean => listener.first !== undefined || this.#isOver;
    this.#q = this.context.timeline
      .waitUntil(isOver, recordingLimit(this.context))
      .then(() => listener.first && this.#relayQ(by, listener.first, target));
  }

  async #relayQ(by: Sender, accepted: Connection, target: number): Promise<void> {
    const q: Recording["q"] = { by, after: this.recording.messages.length };
    this.recording.q = q;
    const { timeline } = this.context;
    const to = { host: HOST, port: target };
    const dialled = await dialRepeatedly(
      timeline,
      "Q",
      to,
      this.context.timeouts.reply,
      () => this.#isOver,
    );
    if (!dialled) return;
    this.context.own(dialled);
    const [client, server] = by === "server" ? [dialled, accepted] : [accepted, dialled];
    await Promise.all([
      this.#relay(client, server, "client"),
      this.#relay(server, client, "server"),
    ]);
    if (server.hasEnded || client.hasEnded)
      q.endedBy = client.endedAt < server.endedAt ? "client" : "server";
  }
}
