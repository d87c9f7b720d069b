// Records a client and a server: the suite stands between them on P and Q, and writes down what they send.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandKind } from "../dialect/types.ts";
import { type CaseContext, EVERYWHERE, HOST } from "../harness/context.ts";
import type { Connection } from "../net/connection.ts";
import { findFreePort } from "../net/ports.ts";
import { dialRepeatedly, type Listener } from "../net/sockets.ts";
import { launchClient, waitForP } from "../peer/launch-client.ts";
import { Inconclusive } from "../spec/verdict.ts";
import type { SubjectProcess } from "../subject/process.ts";
import type { Recording, RecordedQ, Sender } from "./recording.ts";

export interface RecordingRequest {
  kind: CommandKind;
  /** The word of the command on the client's command line. */
  command: string;
  file?: string;
  /** Who is expected to open Q. */
  opener: Sender;
  /** The data port is the server's port plus this number. */
  offset?: number;
  /** Milliseconds without a message after which the conversation is over, although the client still runs. */
  silence?: number;
}

/** Milliseconds without a message, unless more are asked for: most clients end at once. */
const SILENCE = 3_000;
/** Milliseconds for one conversation. */
const CONVERSATION_LIMIT = 14_000;
/** Milliseconds that the server has to end its connections after the client has ended. */
const LAST_WORDS = 300;

/** Records one conversation; throws if the server does not start or the client opens no P. */
export async function recordConversation(
  context: CaseContext,
  request: RecordingRequest,
): Promise<Recording> {
  const { kind, command, file = "", opener, offset, silence = SILENCE } = request;
  const server = await context.startServer();
  const listener = context.listen("P");
  const dport = offset ? listener.port + offset : context.dataPort();
  const proxyDport = offset ? server.port + offset : findFreePort();
  const recording = createRecording(context, kind, {
    ...{ dport, sport: listener.port, serverPort: server.port, host: HOST, file },
  });
  const proxy = new RecordingProxy(context, recording, opener, proxyDport);
  proxy.listenForQ();
  const options = { command, listener, dataPort: dport, ...(file === "" ? {} : { file }) };
  const launched = launchClient(context, "list", options);
  const client = await waitForP(context, launched);
  const { program } = launched;
  if (!client)
    throw new Inconclusive(`the client opens no P (${program.ending}); ${program.words}`, ["S4.1"]);
  await proxy.run(client, await context.connect(server), program, silence);
  return finishRecording(context, recording, program);
}

function createRecording(
  { files }: CaseContext,
  kind: CommandKind,
  values: Recording["values"],
): Recording {
  const content = Buffer.from(files.files.get(values.file) ?? "");
  const names = [...files.files.keys()];
  return { kind, messages: [], qs: [], values, content, names, output: "", hasExited: false };
}

function finishRecording(
  { files }: CaseContext,
  recording: Recording,
  program: SubjectProcess,
): Recording {
  const path = join(files.home, recording.values.file);
  const isSaved = recording.values.file !== "" && existsSync(path);
  recording.output = program.output;
  recording.hasExited = program.exited !== undefined;
  if (isSaved) recording.saved = readFileSync(path);
  if (recording.kind === "list") recording.names = listSentNames(recording);
  moveQAfterRequest(recording);
  return recording;
}

/** Some servers list text files only: what is listed is judged by a rule, and not here. */
function listSentNames({ names, messages }: Recording): string[] {
  const sent = Buffer.concat(
    messages.filter(({ by }) => by === "server").map(({ bytes }) => bytes),
  );
  return names.filter((name) => sent.includes(name));
}

/** A client that opens Q has sent its request before, though the proxy may see the two the other way round. */
function moveQAfterRequest({ qs, messages }: Recording): void {
  for (const q of qs) {
    const isRequest = (at: number): boolean =>
      messages[at]?.by === "client" && messages[at]?.on === "P";
    while (q.by === "client" && isRequest(q.after)) q.after++;
  }
}

class RecordingProxy {
  #isOver = false;
  #lastNews = 0;
  #listener: Listener | undefined;
  readonly #relays: Promise<void>[] = [];

  constructor(
    readonly context: CaseContext,
    readonly recording: Recording,
    readonly opener: Sender,
    readonly proxyDport: number,
  ) {}

  async run(
    client: Connection,
    server: Connection,
    program: SubjectProcess,
    silence: number,
  ): Promise<void> {
    const { timeline } = this.context;
    this.#lastNews = timeline.now();
    this.#relays.push(this.#relay(client, server, "client"), this.#relay(server, client, "server"));
    const isStill = (): boolean => timeline.now() - this.#lastNews > silence;
    const hasExited = (): boolean => program.exited !== undefined;
    await timeline.waitUntil(() => hasExited() || isStill(), CONVERSATION_LIMIT);
    await program.waitForExit(0);
    await this.context.happensWithin(() => server.hasEnded, LAST_WORDS);
    const endedBy = findFirstEnd(client, server);
    if (endedBy) this.recording.pEndedBy = endedBy;
    this.#isOver = true;
    // The mark wakes the relays.
    timeline.mark("suite", "suite", "note", "the recording ends");
    for (const connection of [client, server]) connection.close();
    await Promise.all(this.#relays);
  }

  /** Passes on and records what one side sends on a connection. */
  async #relay(from: Connection, to: Connection, by: Sender): Promise<void> {
    let passed = 0;
    const hasNews = (): boolean => from.length > passed || from.hasEnded || this.#isOver;
    for (;;) {
      await this.context.timeline.waitUntil(hasNews, CONVERSATION_LIMIT);
      if (from.length <= passed) break;
      const bytes = Buffer.from(from.bytes.subarray(passed));
      passed += bytes.length;
      this.#lastNews = this.context.timeline.now();
      const { dport } = this.recording.values;
      const [own, others] = by === "client" ? [dport, this.proxyDport] : [this.proxyDport, dport];
      const isOnP = from.name === "P";
      // The recording has one data port, that of the client.
      const recorded = by === "client" || !isOnP ? bytes : replacePort(bytes, own, others);
      this.recording.messages.push({ by, on: from.name, bytes: recorded, at: from.lastReceivedAt });
      to.send(isOnP ? replacePort(bytes, own, others) : bytes);
    }
    to.finish();
  }

  /** Listens for Q in place of its receiver. */
  listenForQ(): void {
    const own = this.opener === "server" ? this.proxyDport : this.recording.values.dport;
    // Some clients send an address of this machine, and the server dials that.
    const host = this.opener === "server" ? EVERYWHERE : HOST;
    this.#listener = this.context.listen("Q", host, own);
    this.#relays.push(this.#acceptAll(this.#listener));
  }

  async #acceptAll(listener: Listener): Promise<void> {
    for (let served = 0; ; served++) {
      const isOver = (): boolean => listener.connections.length > served || this.#isOver;
      await this.context.timeline.waitUntil(isOver, 2 * CONVERSATION_LIMIT);
      const q = listener.connections[served];
      if (!q) return;
      this.#relays.push(this.#relayQ(q));
    }
  }

  async #relayQ(accepted: Connection): Promise<void> {
    const q: RecordedQ = { by: this.opener, after: this.recording.messages.length };
    this.recording.qs.push(q);
    this.#lastNews = this.context.timeline.now();
    accepted.closesAfterPeer = false;
    const target = this.opener === "server" ? this.recording.values.dport : this.proxyDport;
    const to = { host: HOST, port: target };
    const { timeline } = this.context;
    const dialled = await dialRepeatedly(timeline, "Q", to, SILENCE, () => this.#isOver);
    if (!dialled) return accepted.close();
    this.context.own(dialled);
    const [client, server] = this.opener === "server" ? [dialled, accepted] : [accepted, dialled];
    await Promise.all([
      this.#relay(client, server, "client"),
      this.#relay(server, client, "server"),
    ]);
    const endedBy = findFirstEnd(client, server);
    if (endedBy) q.endedBy = endedBy;
  }
}

const findFirstEnd = (client: Connection, server: Connection): Sender | undefined =>
  client.endedAt === server.endedAt
    ? undefined
    : client.endedAt < server.endedAt
      ? "client"
      : "server";

/** The forms in which a port stands in a message. Two bytes are there by chance too often, unless nothing else fits. */
const PORT_FORMS = [
  (port: number) => Buffer.from(String(port)),
  (port: number) => Buffer.from(Uint32Array.of(port).buffer),
  (port: number) => Buffer.from([0, 0, port >> 8, port & 255]),
  (port: number) => Buffer.from([port >> 8, port & 255]),
];

/** Each side gets the data port of the proxy in place of the other side's. */
export function replacePort(bytes: Buffer, from: number, to: number): Buffer {
  for (const encode of PORT_FORMS) {
    const old = encode(from);
    let at = bytes.indexOf(old);
    if (at < 0) continue;
    let replaced = bytes;
    for (; at >= 0; at = replaced.indexOf(old, at + old.length))
      replaced = Buffer.concat([
        ...[replaced.subarray(0, at), encode(to), replaced.subarray(at + old.length)],
      ]);
    return replaced;
  }
  return bytes;
}
