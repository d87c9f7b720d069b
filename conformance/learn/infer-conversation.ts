// Infers the steps of a conversation around its payload, and the texts that come in place of it.

import type { FrameGuess } from "./frame-guess.ts";
import { compileKeys, findPayloadStart, inferFrame } from "./infer-frame.ts";
import { inferListing, type ListingKeys } from "./infer-listing.ts";
import { inferTemplate, type MessageSample } from "./infer-template.ts";
import { matchTemplate } from "../dialect/decode.ts";
import { createFrameReader } from "../dialect/framing.ts";
import { Template } from "../dialect/template.ts";
import { alignSamples, clientValues, type PayloadSample, serverValues } from "./payload-sample.ts";
import { listEvents, type RecordedEvent, type Recording, type Turn } from "./recording.ts";

export type StepGuess =
  | { send: string; on?: "Q" }
  | { say: string; on?: "Q"; missing?: string; invalid?: string }
  | { q: "accept" | "connect" }
  | { sleep: number };

export interface ConversationGuess {
  steps: StepGuess[];
  data: FrameGuess["keys"] & { on: "P" | "Q" };
  after: StepGuess[];
  listing?: ListingKeys;
}

/** What could not be inferred, in a sentence with what was seen. */
export class NotInferred extends Error {}

export function inferConversation(recordings: readonly Recording[]): ConversationGuess {
  const samples = alignSamples(recordings);
  const [first] = samples;
  if (!first) throw new NotInferred("what was asked for does not stand in any recording as it is");
  const frame = inferFrame(samples);
  if (!frame) throw new NotInferred("no frame that the suite knows explains what carries it");
  const { steps } = inferSteps(samples, "head");
  const onSide = first.on === "Q" ? ({ on: "Q" } as const) : {};
  if (frame.before !== undefined) steps.push({ say: frame.before, ...onSide });
  const tail = inferSteps(samples, "tail").steps;
  const after = frame.after === undefined ? tail : [{ say: frame.after, ...onSide }, ...tail];
  const listing = first.recording.kind === "list" ? listingOf(first, frame) : undefined;
  const extract = extractOf(listing);
  const data = { on: first.on, ...frame.keys, ...(extract === undefined ? {} : { extract }) };
  return { steps, data, after, ...(listing ? { listing } : {}) };
}

/** If each name stands between two texts, only what is between them counts. */
function extractOf(listing?: ListingKeys): string | undefined {
  const [before = "", after = ""] = listing?.item?.split("{name}") ?? [];
  return before === "" || after === ""
    ? undefined
    : `${RegExp.escape(before)}(.*?)${RegExp.escape(after)}`;
}

/** How the list is written, once it is out of its frame. */
function listingOf(sample: PayloadSample, frame: FrameGuess): ListingKeys | undefined {
  const { keys } = frame;
  const start = findPayloadStart(frame, sample);
  const values = { ...sample.values, size: sample.bytes.length - start };
  const reader = createFrameReader(compileKeys(keys), values);
  for (let at = 1; at <= sample.pieces.length; at++)
    reader.read(Buffer.concat(sample.pieces.slice(0, at)).subarray(start), false);
  if (!reader.isComplete) reader.read(sample.bytes.subarray(start), true);
  return inferListing(reader.payload, sample.recording.names, keys.of === "name");
}

function inferSteps(
  samples: readonly PayloadSample[],
  part: "head" | "tail",
): { steps: StepGuess[] } {
  const [first] = samples;
  const steps = (first?.[part] ?? []).flatMap((_, at) =>
    inferStep(samples.map((sample) => ({ event: sample[part][at], sample }))),
  );
  return { steps };
}

interface AlignedEvent {
  event: RecordedEvent | undefined;
  sample: Pick<PayloadSample, "recording" | "values">;
}

function inferStep(aligned: readonly AlignedEvent[]): StepGuess[] {
  const [first] = aligned;
  const { event } = first ?? {};
  if (!event) return [];
  if (event.kind === "q") return [{ q: event.by === "server" ? "accept" : "connect" }];
  const text = inferTemplate(aligned.map(toMessage));
  if (text === undefined)
    throw new NotInferred(
      `the ${event.by} says ${show(event)} once and ${show(aligned.at(-1)?.event)} another time, and nothing explains the difference`,
    );
  const on = event.on === "Q" ? ({ on: "Q" } as const) : {};
  if (event.by === "server") return [{ say: text, ...on }];
  return [...(event.isAfterPause ? [{ sleep: 250 }] : []), { send: text, ...on }];
}

const show = (event?: RecordedEvent): string =>
  event?.kind === "turn" ? JSON.stringify(event.bytes.toString("latin1").slice(0, 60)) : "nothing";

function toMessage({ event, sample }: AlignedEvent): MessageSample {
  const turn = event as Turn;
  const values = turn.by === "client" ? clientValues(sample.recording) : sample.values;
  return { bytes: turn.bytes, values };
}

export interface ErrorGuess {
  on: "P" | "Q" | "none";
  say: string;
  q: boolean;
  /** The index of the step in whose place the text comes. */
  step?: number;
  after: StepGuess[];
}

/** Where the recordings of an error leave the usual way, and what is said there. */
export function inferError(
  recordings: readonly Recording[],
  { steps }: ConversationGuess,
): ErrorGuess | undefined {
  const all = recordings.map((recording) => ({ recording, events: listEvents(recording) }));
  const [first] = all;
  if (!first) return undefined;
  const usual = steps.filter((step) => !("sleep" in step));
  const at = findDeparture(first.events, first.recording, usual);
  const event = first.events[at];
  const q = first.events.slice(0, at).some(({ kind }) => kind === "q");
  const hasQ = first.events.some(({ kind }) => kind === "q");
  if (event?.kind !== "turn" || event.by !== "server")
    return { on: "none", say: "", q: hasQ, after: [] };
  const samples = all.map(({ recording, events }) => ({
    event: events[at],
    sample: { recording, values: serverValues(recording) },
  }));
  const isAlike = samples.every(
    (each) =>
      each.event?.kind === "turn" && each.event.by === "server" && each.event.on === event.on,
  );
  const text = isAlike ? inferTemplate(samples.map(toMessage)) : undefined;
  if (text === undefined) return undefined;
  const replaced = usual[at];
  const isInPlace =
    replaced !== undefined && "say" in replaced && (replaced.on ?? "P") === event.on;
  const after = all.every(({ events }) => events.length === first.events.length)
    ? first.events.slice(at + 1).flatMap((_, index) =>
        tryStep(
          all.map(({ recording, events }) => ({
            event: events[at + 1 + index],
            sample: { recording, values: serverValues(recording) },
          })),
        ),
      )
    : [];
  const place = isInPlace ? { step: steps.indexOf(replaced) } : {};
  const isOpenLater = !q && hasQ && !isInPlace;
  return {
    on: event.on,
    say: text,
    q: q || isOpenLater,
    ...place,
    after: after.filter((step) => !("q" in step)),
  };
}

function tryStep(aligned: readonly AlignedEvent[]): StepGuess[] {
  try {
    return inferStep(aligned);
  } catch (error) {
    if (error instanceof NotInferred) return [];
    throw error;
  }
}

/** The index of the first event that is not what usually comes there. */
function findDeparture(
  events: readonly RecordedEvent[],
  recording: Recording,
  usual: readonly StepGuess[],
): number {
  for (const [at, event] of events.entries()) {
    const step = usual[at];
    if (!step) return at;
    if (event.kind === "q" ? !("q" in step) : !isUsual(event, recording, step)) return at;
  }
  return events.length;
}

function isUsual(turn: Turn, recording: Recording, step: StepGuess): boolean {
  if ("send" in step) return turn.by === "client";
  if (!("say" in step) || turn.by !== "server" || (step.on ?? "P") !== turn.on) return false;
  return (
    inferTemplate([{ bytes: turn.bytes, values: serverValues(recording) }]) === step.say ||
    matches(turn, recording, step.say)
  );
}

function matches(turn: Turn, recording: Recording, say: string): boolean {
  const text = turn.bytes.toString("latin1");
  return matchTemplate(new Template(say), text, serverValues(recording))?.end === text.length;
}
