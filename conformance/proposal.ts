// A dialect proposed from what was heard: a person edits it.

import type { Recording, Word } from "./recording.ts";

export interface Heard {
  list: Recording;
  get: Recording;
  missing: Recording;
  /** The names that the listing had, and the contents of the file. */
  names: readonly string[];
  content: Buffer;
}

const TOGETHER = 120; // two sends of the client that are further apart in milliseconds were meant so

/** The text of a dialect; it is a proposal, and says so where it guesses. */
export function proposal({ list, get, missing, names, content }: Heard): string {
  const error = complaint(get, missing);
  const separator = between(payload(list), names);
  return [
    "# Proposed from a recording: look at every line.",
    'name = "learnt"',
    'about = "Recorded between a client and a server."',
    ...(error ? ["", "[errors.missing]", ...error] : []),
    ...(separator === undefined ? [] : ["", "[listing]", `separator = ${quote(separator)}`]),
    ...conversation("list", list, undefined),
    ...conversation("get", get, content),
    "",
    "# A guess: the request for the list, with another command.",
    "[invalid]",
    `steps = [\n${invalid(list)}\n]`,
    "",
  ].join("\n");
}

const said = ({ words }: Recording, by: Word["by"], on: Word["on"]): Buffer =>
  Buffer.concat(words.filter((word) => word.by === by && word.on === on).map(({ bytes }) => bytes));

const payload = (recording: Recording): Buffer =>
  said(recording, "server", recording.q ? "Q" : "P");

function conversation(name: string, recording: Recording, content: Buffer | undefined): string[] {
  const data = framing(payload(recording), content);
  const { before, after } = steps(recording, content?.length);
  return [
    "",
    `[${name}]`,
    `steps = [\n${before.join("\n")}\n]`,
    ...data.notes,
    `data = { on = "${recording.q ? "Q" : "P"}", ${data.frame} }`,
    ...(after.length > 0 ? [`after = [\n${after.join("\n")}\n]`] : []),
  ];
}

function steps(recording: Recording, size?: number): { before: string[]; after: string[] } {
  const [before, after]: [string[], string[]] = [[], []];
  let [carried, last]: [boolean, Word | undefined] = [false, undefined];
  recording.words.forEach((word, at) => {
    const { q } = recording;
    if (q?.after === at) before.push(`  { q = "${q.by === "server" ? "accept" : "connect"}" },`);
    const carries =
      word.by === "server" && (q ? word.on === "Q" : at === recording.words.length - 1);
    carried ||= carries;
    if (carries) return;
    const to = carried ? after : before;
    const apart = last?.by === "client" && word.by === "client" && word.at - last.at > TOGETHER;
    if (apart) to.push("  { sleep = 250 },");
    const verb = word.by === "client" ? "send" : "say";
    to.push(
      `  { ${verb} = ${holed(word.bytes, recording, size)}${word.on === "Q" ? ', on = "Q"' : ""} },`,
    );
    last = word;
  });
  if (recording.q && recording.q.after >= recording.words.length)
    before.push('  { q = "accept" },');
  return { before, after };
}

const invalid = (list: Recording): string => {
  const { before } = steps(list);
  const last = before.findLastIndex((line) => line.includes("send ="));
  return before
    .slice(0, last + 1)
    .map((line) => line.replace(/-l\b|\blist\b|\bls\b/i, "-x"))
    .join("\n");
};

/** The frame that would explain what came around a content that is known. */
function framing(came: Buffer, content: Buffer | undefined): { frame: string; notes: string[] } {
  if (!content || came.equals(content)) return { frame: 'frame = "close"', notes: [] };
  const at = came.indexOf(content);
  const [head, tail] = [came.subarray(0, Math.max(at, 0)), came.subarray(at + content.length)];
  if (at < 0)
    return {
      frame: 'frame = "close"',
      notes: ["# The file did not come as it is: is it cut into pieces, or changed?"],
    };
  if (tail.every((byte) => byte === 0) && at === 0)
    return { frame: String.raw`frame = "close", remove = ['\x00+$']`, notes: [] };
  if (at === 0)
    return { frame: `frame = "sentinel", end = ${quote(tail.toString("latin1"))}`, notes: [] };
  const prefix = tail.length === 0 ? width(head, content.length) : undefined;
  if (prefix) return { frame: `frame = "length", prefix = "${prefix}"`, notes: [] };
  const notes = [
    `# Before the file comes ${quote(head.toString("latin1"))}: a step { say = …, on = "Q" }?`,
  ];
  return { frame: 'frame = "close"', notes };
}

function width(head: Buffer, size: number): string | undefined {
  if (head.toString("latin1") === String(size)) return "dec";
  if (head.length === 2)
    return head.readUInt16BE() === size
      ? "u16be"
      : head.readUInt16LE() === size
        ? "u16le"
        : undefined;
  if (head.length === 4)
    return head.readUInt32BE() === size
      ? "u32be"
      : head.readUInt32LE() === size
        ? "u32le"
        : undefined;
  return undefined;
}

/** What the server said of a file that is not there, where it says something else of one that is. */
function complaint(get: Recording, missing: Recording): string[] | undefined {
  const usual = new Set(
    get.words.filter(({ by }) => by === "server").map(({ bytes }) => bytes.toString("latin1")),
  );
  const word = missing.words.find(
    ({ by, bytes }) => by === "server" && !usual.has(bytes.toString("latin1")),
  );
  if (!word) return ["# Nothing was said about a file that is not there.", 'on = "none"'];
  const q = missing.q !== undefined;
  return [`on = "${word.on}"`, `say = ${holed(word.bytes, missing)}`, `q = ${q}`];
}

const between = (came: Buffer, names: readonly string[]): string | undefined => {
  const found = names.find((name) => came.includes(`${name}`));
  const rest = found === undefined ? "" : came.toString("latin1").split(found)[1];
  const separator = /^[^\w.-]{1,3}/.exec(rest ?? "")?.[0];
  return separator;
};

/** The text with holes where it has what belongs to this call alone. */
function holed(bytes: Buffer, { values }: Recording, size?: number): string {
  const { dport, sport, host, file } = values;
  let text = bytes.toString("latin1").replace(/[{}]/g, (brace) => (brace === "{" ? "{(}" : "{)}"));
  const known: [string, string][] = [
    [file, "{file}"],
    [String(dport), "{dport}"],
    [String(sport), "{sport}"],
    [host, "{host}"],
  ];
  for (const [value, hole] of known) if (value !== "") text = text.replaceAll(value, hole);
  const little = Buffer.from(Uint32Array.of(dport).buffer).toString("latin1");
  text = text.replaceAll(little, "{u32le:{dport}}");
  if (size !== undefined) text = text.replace(new RegExp(`\\b${size}\\b`), "{size}");
  return quote(text);
}

/** A basic string of TOML. */
function quote(text: string): string {
  const named: Record<string, string> = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    '"': '\\"',
    "\\": "\\\\",
  };
  const escaped = text.replace(
    /[\x00-\x1f"\\\x7f]/g,
    (one) => named[one] ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped.replace(/[\x80-\xff]+/g, (run) => `{bytes:${Buffer.from(run, "latin1").toString("hex")}}`)}"`;
}
