// Splits a recorded conversation at its payload: what was said before it, the payload in its frame, and what followed.

import type { TemplateValues } from "../dialect/template.ts";
import type { Side } from "../dialect/types.ts";
import {
  listEvents,
  type RecordedEvent,
  type Recording,
  type Sender,
  shapeOf,
  type Turn,
} from "./recording.ts";

export interface PayloadSample {
  recording: Recording;
  on: Side;
  head: RecordedEvent[];
  /** The bytes as they arrived, with the frame around them. */
  pieces: Buffer[];
  bytes: Buffer;
  /** What the client answered to the pieces. */
  answers: Buffer[];
  tail: RecordedEvent[];
  endedBy: Sender | undefined;
  /** The values that fill the templates of the server's texts. */
  values: TemplateValues;
}

/** What happens in which order around the payload. */
export const sampleShape = ({ head, on, answers, tail }: PayloadSample): string =>
  `${shapeOf(head)} [${on}${answers.length > 0 ? " answered" : ""}] ${shapeOf(tail)}`;

/** Names that make a list: by fewer its form cannot be told. */
const FEWEST_NAMES = 3;
/** Bytes of a content by which its place is found. */
const NEEDLE = 48;

/** The samples of one kind that happen in the same order; the order that most of them have. */
export function alignSamples(recordings: readonly Recording[]): PayloadSample[] {
  const samples = recordings.flatMap((recording) => splitAtPayload(recording) ?? []);
  const groups = [...Map.groupBy(samples, sampleShape).values()];
  return groups.toSorted((one, other) => other.length - one.length)[0] ?? [];
}

/** What the recording must hold to be one of a transfer: the first bytes of the file, or a name of the list. */
const listNeedles = ({ kind, content, names }: Recording): Buffer[] => {
  if (kind === "list") return names.map((name) => Buffer.from(name));
  const line = content.subarray(0, NEEDLE);
  const end = line.indexOf(10);
  return line.length === 0 ? [] : [end > 2 ? line.subarray(0, end) : line];
};

/** Where the content begins and ends in the bytes; the end is that of its last line. */
function findContent(
  bytes: Buffer,
  recording: Recording,
): { start: number; end: number } | undefined {
  const isEmptyList = recording.kind === "list" && recording.names.length < FEWEST_NAMES;
  if (isEmptyList) return undefined;
  const starts = listNeedles(recording)
    .map((needle) => ({ at: bytes.indexOf(needle), length: needle.length }))
    .filter(({ at }) => at >= 0);
  if (starts.length === 0) return undefined;
  const start = Math.min(...starts.map(({ at }) => at));
  if (recording.kind === "list")
    return { start, end: Math.max(...starts.map(({ at, length }) => at + length)) };
  const last = Buffer.from(
    recording.content.toString("latin1").trimEnd().split("\n").at(-1) ?? "",
    "latin1",
  );
  const at = bytes.lastIndexOf(last.subarray(-NEEDLE));
  return { start, end: Math.max(start, at + Math.min(NEEDLE, last.length)) };
}

export function splitAtPayload(recording: Recording): PayloadSample | undefined {
  const events = listEvents(recording);
  for (const on of recording.qs.length > 0 ? (["Q", "P"] as const) : (["P"] as const)) {
    const sample = splitOn(recording, events, on);
    if (sample) return sample;
  }
  return undefined;
}

function splitOn(
  recording: Recording,
  events: readonly RecordedEvent[],
  on: Side,
): PayloadSample | undefined {
  const isPayload = (event?: RecordedEvent): event is Turn =>
    event?.kind === "turn" && event.by === "server" && event.on === on;
  const stream = Buffer.concat(events.filter(isPayload).map(({ bytes }) => bytes));
  const content = findContent(stream, recording);
  if (!content) return undefined;
  let passed = 0;
  const first = events.findIndex((event) => {
    if (!isPayload(event)) return false;
    passed += event.bytes.length;
    return passed > content.start;
  });
  const turn = events[first] as Turn;
  let reached = passed;
  const pieces = [...turn.pieces];
  const answers: Buffer[] = [];
  const others: RecordedEvent[] = [];
  let at = first + 1;
  for (; at < events.length; at++) {
    const event: RecordedEvent | undefined = events[at];
    if (event?.kind !== "turn") break;
    if (event.by === "server" && event.on === on) {
      pieces.push(...event.pieces);
      reached += event.bytes.length;
    } else if (isAnswer(event, on) && (reached < content.end || sameAs(event, answers))) {
      answers.push(event.bytes);
    } else if (isOther(event) && events.slice(at + 1).some((each) => isPayload(each))) {
      others.push(event); // on the other connection, in between
    } else break;
  }
  const endedBy = on === "P" ? recording.pEndedBy : recording.qs.at(-1)?.endedBy;
  const bytes = Buffer.concat(pieces);
  return {
    ...{ recording, on, pieces, bytes, answers, endedBy },
    head: events.slice(0, first),
    tail: [...others, ...events.slice(at)],
    values: serverValues(recording, sizeOf(recording, bytes)),
  };
}

const isAnswer = ({ by, on }: Turn, side: Side): boolean => by === "client" && on === side;

const sameAs = ({ bytes }: Turn, answers: readonly Buffer[]): boolean =>
  answers[0] !== undefined && bytes.equals(answers[0]);

/** The server says something on the other connection. */
const isOther = ({ by }: Turn): boolean => by === "server";

/** The bytes of the file; of a list, those on the wire. */
const sizeOf = ({ kind, content }: Recording, bytes: Buffer): number =>
  kind === "list" ? bytes.length : content.length;

const knownValues = ({ values: { dport, host, file } }: Recording): TemplateValues => ({
  ...{ dport, host, any: "any" },
  ...(file === "" ? {} : { file }),
});

export const clientValues = (recording: Recording): TemplateValues => ({
  ...knownValues(recording),
  sport: recording.values.sport,
});

export const serverValues = (recording: Recording, size?: number): TemplateValues => ({
  ...knownValues(recording),
  sport: recording.values.serverPort,
  ...(size === undefined ? {} : { size }),
});

export const isFile = ({ recording }: PayloadSample): boolean => recording.kind !== "list";
