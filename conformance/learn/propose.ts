// A dialect proposed from what was heard: a person edits it.

import { type Came, fileFrame, type Frame, listFrame, separator } from "./guess-framing.ts";
import { announces, insertPlaceholders, quote } from "./guess-template.ts";
import type { Recording, RecordedBytes } from "./proxy.ts";

export interface Observation {
  list: Recording;
  get: Recording;
  missing: Recording;
  /** The names that the listing had, and the contents of the file. */
  names: readonly string[];
  content: Buffer;
}

const TOGETHER = 120; // two sends of the client that are further apart in milliseconds were meant so

/** The text of a dialect; it is a proposal, and says so where it guesses. */
export function proposeDialect({ list, get, missing, names, content }: Observation): string {
  const between = separator(came(list).bytes, names);
  const framed = listFrame(came(list), names);
  const split = between !== undefined && !framed.keys.includes('of = "name"');
  return [
    "# Proposed from a recording: look at every line.",
    'name = "learnt"',
    'about = "Recorded between a client and a server."',
    "",
    "[errors.missing]",
    ...complaint(get, missing),
    ...(split ? ["", "[listing]", `separator = ${quote(between)}`] : []),
    ...conversation("list", list, framed),
    ...conversation("get", get, fileFrame(came(get), content), content.length),
    "",
    "# A guess: the request for the list, with another command.",
    "[invalid]",
    `steps = [\n${invalid(list)}\n]`,
    "",
  ].join("\n");
}

const said = (
  words: readonly RecordedBytes[],
  by: RecordedBytes["by"],
  on: RecordedBytes["on"],
): Buffer[] => words.filter((word) => word.by === by && word.on === on).map(({ bytes }) => bytes);

const carrier = ({ q }: Recording): RecordedBytes["on"] => (q ? "Q" : "P");

/** Behind the last request: what the server says on Q before a client speaks on P once more is no payload yet. */
function begins({ q, words }: Recording): number {
  if (!q) return 0;
  const last = words.findLastIndex(({ by, on }) => by === "server" && on === "Q");
  return 1 + words.findLastIndex(({ by, on }, at) => by === "client" && on === "P" && at < last);
}

function came(recording: Recording): Came {
  const words = recording.words.slice(begins(recording));
  const pieces = said(words, "server", carrier(recording));
  const answers = recording.q ? said(words, "client", "Q") : [];
  return { bytes: Buffer.concat(pieces), pieces, answers, recording };
}

/** With nothing else to tell the end, and no end from the server, it is silence. */
function ended(frame: Frame, { q }: Recording): Frame {
  if (q?.endedBy !== "client" || !frame.keys.startsWith('frame = "close"')) return frame;
  const notes = ["# The client ended Q before the server did: silence is taken for the end."];
  return { ...frame, keys: 'frame = "silence", ms = 700', notes };
}

function conversation(name: string, recording: Recording, found: Frame, size?: number): string[] {
  const frame = ended(found, recording);
  const { before, after } = steps(recording, frame, size);
  const silent = recording.words.every(({ by }) => by !== "client");
  return [
    "",
    `[${name}]`,
    ...(silent
      ? ["# The client said nothing: does it ask a person for something (--answer)?"]
      : []),
    `steps = [\n${before.join("\n")}\n]`,
    ...frame.notes,
    `data = { on = "${carrier(recording)}", ${frame.keys} }`,
    ...(after.length > 0 ? [`after = [\n${after.join("\n")}\n]`] : []),
  ];
}

/** A length and the text behind it were said together, however they were sent. */
function joined(words: readonly RecordedBytes[]): RecordedBytes[] {
  const kept: RecordedBytes[] = [];
  let length: RecordedBytes | undefined;
  words.forEach((word, at) => {
    const whole = length ? { ...word, bytes: Buffer.concat([length.bytes, word.bytes]) } : word;
    length = !length && announces(word, words[at + 1]) ? word : undefined;
    if (!length) kept.push(whole);
  });
  return kept;
}

interface Steps {
  before: string[];
  after: string[];
}

function steps(recording: Recording, frame: Frame, size?: number): Steps {
  const { keys, before = "", after = "" } = frame;
  const { q, words } = recording;
  const acknowledges = keys.includes("ack = ");
  const told: Steps = { before: [], after: [] };
  const from = begins(recording);
  const cuts = q ? [0, q.after, Math.max(q.after, from)] : [0];
  const parts = cuts.map((cut, at) => words.slice(cut, cuts[at + 1]));
  let [carried, last]: [boolean, RecordedBytes | undefined] = [false, undefined];
  parts.forEach((part, which) => {
    if (which === 1 && q) told.before.push(opening(q));
    const spoken = joined(part);
    spoken.forEach((word, at) => {
      const there = q ? which === 2 && word.on === "Q" : at === spoken.length - 1;
      const carries = word.by === "server" && there;
      carried ||= carries;
      if (carries || (acknowledges && word.on === "Q")) return;
      const apart = last?.by === "client" && word.by === "client" && word.at - last.at > TOGETHER;
      told[carried ? "after" : "before"].push(
        ...(apart ? ["  { sleep = 250 },"] : []),
        step(word, recording, size),
      );
      last = word;
    });
  });
  if (before !== "") told.before.push(`  { say = ${before}, on = "Q" },`);
  if (after !== "") told.after.unshift(`  { say = ${after}, on = "Q" },`);
  return told;
}

function step({ by, bytes, on }: RecordedBytes, recording: Recording, size?: number): string {
  const verb = by === "client" ? "send" : "say";
  return `  { ${verb} = ${insertPlaceholders(bytes, recording, size)}${on === "Q" ? ', on = "Q"' : ""} },`;
}

const opening = (q: NonNullable<Recording["q"]>): string =>
  `  { q = "${q.by === "server" ? "accept" : "connect"}" },`;

const invalid = (list: Recording): string => {
  const { before } = steps(list, { keys: "", notes: [] });
  const last = before.findLastIndex((line) => line.includes("send ="));
  return before
    .slice(0, last + 1)
    .map((line) => line.replace(/-l\b|\blist\b|\bls\b|(?<=")l(?=")/i, "-x"))
    .join("\n");
};

/** What the server said of a file that is not there, where it says something else of one that is. */
function complaint(get: Recording, missing: Recording): string[] {
  const usual = get.words.filter(({ by }) => by === "server").map(({ bytes }) => bytes);
  const word = joined(missing.words).find(
    ({ by, bytes }) => by === "server" && !usual.some((each) => each.equals(bytes)),
  );
  if (!word) return ["# Nothing was said about a file that is not there.", 'on = "none"'];
  const known = usual.find((each) => each.length > 0 && bytesBegin(word.bytes, each));
  const own = known ? word.bytes.subarray(known.length) : word.bytes;
  return [
    `on = "${word.on}"`,
    `say = ${insertPlaceholders(own, missing)}`,
    `q = ${missing.q !== undefined}`,
  ];
}

const bytesBegin = (bytes: Buffer, head: Buffer): boolean =>
  bytes.subarray(0, head.length).equals(head);
