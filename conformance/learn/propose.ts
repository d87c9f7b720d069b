// Proposes a dialect from recordings; a person edits it.

import {
  type FrameGuess,
  guessFileFrame,
  guessListFrame,
  guessSeparator,
  type RecordedPayload,
} from "./guess-framing.ts";
import { guessTemplate, isLengthOf } from "./guess-template.ts";
import type { RecordedMessage, Recording, Sender } from "./proxy.ts";
import { formatKeys } from "./toml.ts";

export interface Observation {
  list: Recording;
  get: Recording;
  missing: Recording;
  /** The names in the listing, and the content of the file. */
  names: readonly string[];
  content: Buffer;
}

type StepGuess =
  | { send: string; on?: "Q" }
  | { say: string; on?: "Q" }
  | { q: "accept" | "connect" }
  | { sleep: number };

/** Milliseconds between two messages of the client: with more, it pauses on purpose. */
const PAUSE = 120;

/** Returns the text of a dialect, with a note at each guess. */
export function proposeDialect({ list, get, missing, names, content }: Observation): string {
  const listPayload = findPayload(list);
  const listFrame = guessListFrame(listPayload, names);
  const separator =
    listFrame.keys.of === "name" ? undefined : guessSeparator(listPayload.bytes, names);
  return [
    "# Proposed from a recording: look at every line.",
    'name = "learnt"',
    'about = "Recorded between a client and a server."',
    "",
    "[errors.missing]",
    ...formatError(get, missing),
    ...(separator === undefined ? [] : ["", "[listing]", formatKeys({ separator })]),
    ...formatConversation("list", list, listFrame),
    ...formatConversation("get", get, guessFileFrame(findPayload(get), content), content.length),
    "",
    "# A guess: the request for the list, with another command.",
    "[invalid]",
    formatSteps("steps", guessInvalid(list)),
    "",
  ].join("\n");
}

/** The index of the first message that may be a payload: before it, the client still speaks on P. */
function findPayloadStart({ q, messages }: Recording): number {
  if (!q) return 0;
  const last = messages.findLastIndex(({ by, on }) => by === "server" && on === "Q");
  return 1 + messages.findLastIndex(({ by, on }, at) => by === "client" && on === "P" && at < last);
}

function findPayload(recording: Recording): RecordedPayload {
  const messages = recording.messages.slice(findPayloadStart(recording));
  const select = (sender: Sender, side: "P" | "Q"): Buffer[] =>
    messages.filter(({ by, on }) => by === sender && on === side).map(({ bytes }) => bytes);
  const pieces = select("server", recording.q ? "Q" : "P");
  const answers = recording.q ? select("client", "Q") : [];
  return { bytes: Buffer.concat(pieces), pieces, answers, recording };
}

/** If the client ends Q first and no marker ends the payload, silence is taken for its end. */
function replaceCloseBySilence(guess: FrameGuess, { q }: Recording): FrameGuess {
  if (q?.endedBy !== "client" || guess.keys.frame !== "close") return guess;
  const notes = ["The client ended Q before the server did: silence is taken for the end."];
  return { ...guess, keys: { frame: "silence", ms: 700 }, notes };
}

function formatConversation(
  name: string,
  recording: Recording,
  frame: FrameGuess,
  size?: number,
): string[] {
  const guess = replaceCloseBySilence(frame, recording);
  const { steps, after } = guessSteps(recording, guess, size);
  const isSilent = recording.messages.every(({ by }) => by !== "client");
  const silence = "The client said nothing: does it ask a person for something (--answer)?";
  return [
    "",
    `[${name}]`,
    ...(isSilent ? [`# ${silence}`] : []),
    formatSteps("steps", steps),
    ...guess.notes.map((note) => `# ${note}`),
    `data = { ${formatKeys({ on: recording.q ? "Q" : "P", ...guess.keys })} }`,
    ...(after.length > 0 ? [formatSteps("after", after)] : []),
  ];
}

const formatSteps = (key: string, steps: readonly StepGuess[]): string =>
  `${key} = [\n${steps.map((step) => `  { ${formatKeys(step)} },\n`).join("")}]`;

/** Joins each length with the text behind it, since the two were sent together. */
function joinLengths(messages: readonly RecordedMessage[]): RecordedMessage[] {
  const joined: RecordedMessage[] = [];
  let length: RecordedMessage | undefined;
  for (const [at, message] of messages.entries()) {
    if (!length && isLengthOf(message, messages[at + 1])) {
      length = message;
      continue;
    }
    const bytes = length ? Buffer.concat([length.bytes, message.bytes]) : message.bytes;
    joined.push({ ...message, bytes });
    length = undefined;
  }
  return joined;
}

interface StepsGuess {
  steps: StepGuess[];
  after: StepGuess[];
}

function guessSteps(
  recording: Recording,
  { keys, before, after }: FrameGuess,
  size?: number,
): StepsGuess {
  const { q, messages } = recording;
  const guess: StepsGuess = { steps: [], after: [] };
  // Without Q the payload is the last message; with Q it is on Q, after all that the client says on P.
  const bounds = q ? [0, q.after, Math.max(q.after, findPayloadStart(recording))] : [0];
  let hasPayload = false;
  let last: RecordedMessage | undefined;
  for (const [section, from] of bounds.entries()) {
    if (section === 1 && q) guess.steps.push({ q: q.by === "server" ? "accept" : "connect" });
    const spoken = joinLengths(messages.slice(from, bounds[section + 1]));
    for (const [at, message] of spoken.entries()) {
      const mayBePayload = q ? section === 2 && message.on === "Q" : at === spoken.length - 1;
      const isPayload = message.by === "server" && mayBePayload;
      hasPayload ||= isPayload;
      if (isPayload || (keys.ack !== undefined && message.on === "Q")) continue;
      const target = hasPayload ? guess.after : guess.steps;
      if (isPauseBetween(last, message)) target.push({ sleep: 250 });
      target.push(guessStep(message, recording, size));
      last = message;
    }
  }
  if (before !== undefined) guess.steps.push({ say: before, on: "Q" });
  if (after !== undefined) guess.after.unshift({ say: after, on: "Q" });
  return guess;
}

const isPauseBetween = (last: RecordedMessage | undefined, next: RecordedMessage): boolean =>
  last?.by === "client" && next.by === "client" && next.at - last.at > PAUSE;

function guessStep(
  { by, bytes, on }: RecordedMessage,
  recording: Recording,
  size?: number,
): StepGuess {
  const text = guessTemplate(bytes, recording, size);
  const onQ = on === "Q" ? { on } : {};
  return by === "client" ? { send: text, ...onQ } : { say: text, ...onQ };
}

/** The steps up to the last request, with another word for the command. */
function guessInvalid(list: Recording): StepGuess[] {
  const { steps } = guessSteps(list, { keys: { frame: "close" }, notes: [] });
  const end = 1 + steps.findLastIndex((step) => "send" in step);
  return steps.slice(0, end).map((step) => {
    if (!("send" in step)) return step;
    return { ...step, send: step.send.replace(/-l\b|\blist\b|\bls\b|^l$/i, "-x") };
  });
}

/** What the server says about a missing file, if it does not say the same about a file that exists. */
function formatError(get: Recording, missing: Recording): string[] {
  const usual = get.messages.filter(({ by }) => by === "server").map(({ bytes }) => bytes);
  const message = joinLengths(missing.messages).find(
    ({ by, bytes }) => by === "server" && !usual.some((each) => each.equals(bytes)),
  );
  if (!message) return ["# The server said nothing about a missing file.", 'on = "none"'];
  const { bytes, on } = message;
  const known = usual.find(
    (each) => each.length > 0 && bytes.subarray(0, each.length).equals(each),
  );
  const say = guessTemplate(known ? bytes.subarray(known.length) : bytes, missing);
  return Object.entries({ on, say, q: missing.q !== undefined }).map(([key, value]) =>
    formatKeys({ [key]: value }),
  );
}
