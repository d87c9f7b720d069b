// A recorded conversation of a pair, as data: who said what on which connection, and what came of it.

import type { CommandKind, Side } from "../dialect/types.ts";

export type Sender = "client" | "server";

export interface RecordedMessage {
  by: Sender;
  on: Side;
  bytes: Buffer;
  /** In milliseconds of the timeline. */
  at: number;
}

/** Who opened a Q, how many messages there were before that, and who ended it first. */
export interface RecordedQ {
  by: Sender;
  after: number;
  endedBy?: Sender;
}

/** The values of this conversation that become placeholders. */
export interface RecordedValues {
  /** The data port: the proxy writes the same number to both sides, whatever port each of them uses. */
  dport: number;
  /** The server port that the client has. */
  sport: number;
  /** The port on which the server listens. */
  serverPort: number;
  host: string;
  file: string;
}

export interface Recording {
  kind: CommandKind;
  messages: RecordedMessage[];
  qs: RecordedQ[];
  /** Who ended P first. */
  pEndedBy?: Sender;
  values: RecordedValues;
  /** The content of the file that was asked for; empty if there is none. */
  content: Buffer;
  /** The names of the files in the directory. */
  names: string[];
  /** What the client saved under the name of the file, if it saved anything. */
  saved?: Buffer;
  /** What the client printed. */
  output: string;
  /** Whether the client ended by itself. */
  hasExited: boolean;
}

/** Messages of one side on one connection that follow each other. */
export interface Turn {
  kind: "turn";
  by: Sender;
  on: Side;
  bytes: Buffer;
  /** The bytes as they arrived. */
  pieces: Buffer[];
  /** Whether the same side paused on purpose before it. */
  isAfterPause: boolean;
}

export type RecordedEvent = Turn | { kind: "q"; by: Sender };

/** Milliseconds between two messages of the client: with more, it pauses on purpose. */
const PAUSE = 120;

/** The recording as turns: pieces that follow each other are one turn, unless the client pauses between them. */
export function listEvents({ messages, qs }: Recording): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  let lastAt = 0;
  for (const [at, message] of messages.entries()) {
    for (const q of qs.filter(({ after }) => after === at)) events.push({ kind: "q", by: q.by });
    const last = events.at(-1);
    const isSame = last?.kind === "turn" && last.by === message.by && last.on === message.on;
    const isAfterPause = isSame && message.by === "client" && message.at - lastAt > PAUSE;
    lastAt = message.at;
    if (!isSame || isAfterPause) events.push(startTurn(message, isAfterPause));
    else {
      last.bytes = Buffer.concat([last.bytes, message.bytes]);
      last.pieces.push(message.bytes);
    }
  }
  for (const q of qs.filter(({ after }) => after >= messages.length))
    events.push({ kind: "q", by: q.by });
  return events;
}

const startTurn = ({ by, on, bytes }: RecordedMessage, isAfterPause: boolean): Turn => ({
  ...{ kind: "turn", by, on, bytes, pieces: [bytes], isAfterPause },
});

/** What happens in which order, without what is said: recordings that differ in it are not compared. */
export const shapeOf = (events: readonly RecordedEvent[]): string =>
  events
    .map((event) =>
      event.kind === "q"
        ? `q-${event.by}`
        : `${event.isAfterPause ? "…" : ""}${event.by}-${event.on}`,
    )
    .join(" ");
