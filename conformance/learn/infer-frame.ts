// Infers how a payload is framed. Each guess is read by the suite's own frame reader, and counts only if the payload of
// every recording comes out whole.

import { isOpenEnded, matchTemplate } from "../dialect/decode.ts";
import { createFrameReader } from "../dialect/framing.ts";
import { findIntegerFormat } from "../dialect/integer.ts";
import { Template, type TemplateValues } from "../dialect/template.ts";
import type { Data } from "../dialect/types.ts";
import type { FrameGuess, FrameKeys } from "./frame-guess.ts";
import { inferListing } from "./infer-listing.ts";
import { listGuesses } from "./list-guesses.ts";
import type { PayloadSample } from "./payload-sample.ts";

/** The first frame through which every payload comes out whole. */
export function inferFrame(samples: readonly PayloadSample[]): FrameGuess | undefined {
  for (const guess of listGuesses(samples))
    if (samples.every((sample) => isReadBy(guess, sample))) return guess;
  return undefined;
}

/** What the payload must be: the content of the file, or a list of the names and nothing else. */
function isWhole(payload: Buffer, { recording }: PayloadSample, guess: FrameGuess): boolean {
  if (recording.kind !== "list") return payload.equals(recording.content);
  const listing = inferListing(payload, recording.names, guess.keys.of === "name");
  if (!listing || guess.isLenient) return listing !== undefined;
  const { head = "", tail = "", separator } = listing;
  return head === "" && (tail === "" || tail === separator);
}

function isReadBy(guess: FrameGuess, sample: PayloadSample): boolean {
  try {
    return readThrough(guess, sample);
  } catch {
    return false; // a template has no value, or a format does not hold the number
  }
}

function readThrough(guess: FrameGuess, sample: PayloadSample): boolean {
  const { before, after } = guess;
  const text = sample.bytes.toString("latin1");
  // The size is what an earlier text has told, not what the suite knows.
  const { size: _, ...known } = sample.values;
  const opening =
    before === undefined ? undefined : matchOpening(new Template(before), sample, known);
  if (before !== undefined && !opening) return false;
  const start = opening?.end ?? 0;
  const values = { ...sample.values, ...opening?.values };
  const reader = createFrameReader(compileKeys(guess.keys), values);
  let length = 0;
  for (const piece of sample.pieces) {
    length += piece.length;
    if (length > start) reader.read(sample.bytes.subarray(start, length), false);
  }
  if (!reader.isComplete) reader.read(sample.bytes.subarray(start), true);
  if (!reader.isComplete && guess.keys.frame !== "silence") return false;
  const rest = text.slice(start + reader.consumed);
  const isByName = guess.keys.of === "name";
  if (isByName && reader.pieceCount < sample.recording.names.length) return false;
  if (!isWhole(reader.payload, sample, guess)) return false;
  if (after === undefined) return rest === "";
  return matchTemplate(new Template(after), rest, values)?.end === rest.length;
}

/** Where the payload begins: behind the text that the frame has in front of it. */
export function findPayloadStart({ before }: FrameGuess, sample: PayloadSample): number {
  if (before === undefined) return 0;
  const { size: _, ...known } = sample.values;
  return matchOpening(new Template(before), sample, known)?.end ?? 0;
}

/** A number that is sent by itself ends with its segment: the first digit of the file may follow it. */
function matchOpening(template: Template, { bytes, pieces }: PayloadSample, known: TemplateValues) {
  const isAlone = isOpenEnded(template, known) && pieces.length > 1;
  const text = ((isAlone ? pieces[0] : undefined) ?? bytes).toString("latin1");
  return matchTemplate(template, text, known);
}

/** The keys as the suite's reader wants them. */
export function compileKeys({ prefix, remove, ...keys }: FrameKeys): Data {
  const compiled: Record<string, unknown> = { on: "Q" };
  for (const [key, value] of Object.entries(keys)) {
    const isTemplate = ["end", "size", "first", "piece", "ack"].includes(key);
    compiled[key] = isTemplate ? new Template(String(value)) : value;
  }
  if (prefix) compiled["prefix"] = findIntegerFormat(prefix);
  if (remove) compiled["remove"] = remove.map((source) => new RegExp(source, "g"));
  return compiled as unknown as Data;
}
